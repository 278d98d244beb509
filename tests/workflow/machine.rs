//! Every state against every event, over every combination of facts; and the table of docs/workflow.md made of it.

use std::collections::BTreeSet;

use workwarden::workflow::machine::{Effect, Entry, Event, Facts, Mode, Position, State, Wait, Work, step};

fn facts() -> Vec<Facts> {
    let flags = [false, true];
    let modes = [Mode::Ai, Mode::Manual, Mode::System];
    let entries: Vec<Entry> = modes.iter().flat_map(|&mode| flags.map(|gate| Entry { mode, gate })).collect();
    let mut nexts: Vec<Option<Entry>> = entries.iter().copied().map(Some).collect();
    nexts.push(None);
    let mut all = vec![];
    for &stage in &entries {
        for &next in &nexts {
            for work in [Work::InFlight, Work::Complete, Work::Broken] {
                for bits in 0..32 {
                    let bit = |n: u32| bits >> n & 1 == 1;
                    all.push(Facts {
                        stage,
                        next,
                        work,
                        auto_advance: bit(0),
                        allow_feedback: bit(1),
                        condition: bit(2),
                        delay: bit(3),
                        all_approved: bit(4),
                    });
                }
            }
        }
    }
    all
}

#[test]
fn every_state_against_every_event() {
    for facts in facts() {
        for state in State::all() {
            for event in Event::ALL {
                let Ok((after, effects)) = step(state, event, &facts) else {
                    assert!(event.is_action(), "{state:?} {event:?}: the engine is never refused");
                    continue;
                };
                check(state, event, &facts, after, &effects);
            }
        }
    }
}

/// What must hold of every step, whatever the facts.
fn check(state: State, event: Event, facts: &Facts, after: State, effects: &[Effect]) {
    let at = format!("{state:?} {event:?} {facts:?} → {after:?} {effects:?}");
    let has = |e: Effect| effects.contains(&e);
    let gate = State::At(Position::Gate);
    if state == gate && after != gate && !has(Effect::Fail) && event != Event::Pause && event != Event::Reset
    {
        let opened = event == Event::Approve && facts.all_approved || event == Event::RequestChanges;
        assert!(opened, "a gate is left by approval or changes only: {at}");
    }
    if matches!(state, State::At(Position::Working)) && has(Effect::EnterNext) {
        assert!(!facts.stage.gate, "a gate is passed over: {at}");
    }
    assert_eq!(has(Effect::Complete), after == State::Done && state != State::Done, "{at}");
    assert_eq!(
        has(Effect::Fail),
        after == State::Failed && (state != State::Failed || event == Event::Cancel),
        "{at}"
    );
    if matches!(after, State::Paused(_)) {
        assert!(!has(Effect::StartWork) && !has(Effect::StartDelay), "a pause starts something: {at}");
    }
    if has(Effect::StartWork) {
        assert_eq!(after, State::At(Position::Working), "{at}");
    }
    if after == gate && state != gate && state != State::Paused(Position::Gate) {
        assert!(has(Effect::AskApproval), "nobody is asked: {at}");
    }
    if after == State::At(Position::Waiting(Wait::Delay))
        && !matches!(state, State::Paused(_))
        && after != state
    {
        assert!(has(Effect::StartDelay), "{at}");
    }
    if matches!(after, State::Done | State::Failed | State::Draft)
        && event.is_action()
        && event != Event::Start
    {
        assert!(
            has(Effect::CancelJobs) || matches!(event, Event::NextStage | Event::Approve | Event::Resume),
            "{at}"
        );
    }
    let unique: BTreeSet<_> = effects.iter().map(|e| format!("{e:?}")).collect();
    assert_eq!(unique.len(), effects.len(), "an effect twice: {at}");
    assert_eq!(State::read(after.selection(), after.position()), after, "stored and read back: {at}");
}

#[test]
fn refusals_are_sentences() {
    let facts = facts()[0];
    for state in State::all() {
        for event in Event::ALL {
            if let Err(refusal) = step(state, event, &facts) {
                let s = refusal.to_string();
                assert!(s.ends_with('.') && s.contains(' ') && s.len() > 30, "{s}");
            }
        }
    }
}

#[test]
fn the_table_in_the_docs_is_this_table() {
    let path = concat!(env!("CARGO_MANIFEST_DIR"), "/docs/workflow.md");
    let docs = std::fs::read_to_string(path).unwrap();
    let (begin, end) = ("<!-- table: printed by tests/workflow/machine.rs -->\n", "<!-- end of table -->");
    let (before, rest) = docs.split_once(begin).expect("the table's beginning");
    let (_, after) = rest.split_once(end).expect("the table's end");
    let fresh = format!("{before}{begin}{}{end}{after}", table());
    if std::env::var_os("UPDATE_EXPECT").is_some() {
        std::fs::write(path, &fresh).unwrap();
    }
    assert!(
        docs == fresh || std::env::var_os("UPDATE_EXPECT").is_some(),
        "run with UPDATE_EXPECT=1 to print it anew"
    );
}

/// A row a state, a column an event: all the states it can lead to, or a dash for a refusal.
fn table() -> String {
    let events = Event::ALL;
    let mut out = String::from("\n| state |");
    out.extend(events.iter().map(|e| format!(" {} |", words(*e))));
    out.push_str(&format!("\n|---|{}\n", "---|".repeat(events.len())));
    let all = facts();
    for state in State::all() {
        out.push_str(&format!("| {} |", name(state)));
        for event in events {
            let mut cell: Vec<String> = vec![];
            for facts in &all {
                let text = match step(state, event, facts) {
                    Err(_) => continue,
                    Ok((after, effects)) if after == state && effects.is_empty() => "·".to_string(),
                    Ok((after, _)) => name(after),
                };
                if !cell.contains(&text) {
                    cell.push(text);
                }
            }
            let cell = if cell.is_empty() { "–".into() } else { cell.join(", ") };
            out.push_str(&format!(" {cell} |"));
        }
        out.push('\n');
    }
    out.push('\n');
    out
}

fn name(state: State) -> String {
    match (state.selection(), state.position()) {
        ("running" | "paused", position) => format!("{}: {position}", state.selection()),
        (selection, _) => selection.to_string(),
    }
}

fn words(event: Event) -> &'static str {
    match event {
        Event::Start => "start",
        Event::NextStage => "next stage",
        Event::Approve => "approve",
        Event::RequestChanges => "request changes",
        Event::Reject => "reject",
        Event::Pause => "pause",
        Event::Resume => "resume",
        Event::Retry => "retry",
        Event::Cancel => "cancel",
        Event::Reset => "reset",
        Event::WorkEnded => "*work ended*",
        Event::Look => "*look again*",
        Event::DelayPassed => "*delay passed*",
        Event::GateTimeout => "*approval time-out*",
    }
}
