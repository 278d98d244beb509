//! mail.followers: who hears of a record. Shown as the contact is, found by the contact's own name.

use crate::orm::Behaviour;

/// Behaviour of followers.
pub fn behaviour() -> Behaviour {
    Behaviour::new("mail.followers").name_fields(&["name"])
}
