//! What the web client asks of every model beyond the RPC of old: specifications read and written in one go, the
//! first values of a form, what a change of a field changes, the search panel.

mod affected;
pub mod onchange;
pub mod panel;
pub mod read;
pub mod save;
mod snapshot;

use super::behaviour::Method;

/// The methods of this folder.
pub fn methods() -> Vec<Method> {
    [read::methods(), save::methods(), onchange::methods(), panel::methods()].concat()
}
