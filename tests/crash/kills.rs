//! SIGKILL at planned points and at random moments, again and again, while projects run; then everything must be there.
//!
//! A few kills run with the other tests. The long run, 50 projects of 10 tasks and at least 100 kills on each database:
//! `cargo test --test tests -- --ignored --nocapture crash::kills`.

use std::collections::BTreeMap;
use std::time::{Duration, Instant};

use serde_json::{Value as Json, json};
use workwarden::cli::client::Client;

use super::node::{DEADLINE, Fault, Node, until, within};
use super::verdict;
use super::world::{World, both};
use crate::workflow::stub::{Act, Seen};

/// Where a process is killed: before and after the claim, within the first transaction, before, in and after the call
/// to the provider, at the beginning and the end of the second transaction, and after its commit.
const POINTS: [&str; 9] =
    ["claim", "claimed", "begun", "call", "answered", "store", "before_commit", "after_commit", "provider"];

/// A small generator of our own, so that a failure can be run again: SplitMix64.
pub struct Random(u64);

impl Random {
    /// Another one each time, on each database. It says how to have the same again.
    pub fn any() -> Random {
        use std::hash::{BuildHasher as _, Hasher as _};
        #[expect(clippy::disallowed_methods, reason = "tests have no configuration")]
        let given = std::env::var("WW_SEED").ok().map(|seed| seed.parse::<u64>().unwrap());
        let seed =
            given.unwrap_or_else(|| std::hash::RandomState::new().build_hasher().finish() % 1_000_000_000);
        println!("WW_SEED={seed} does the same again, as far as time allows");
        Random(seed)
    }

    /// A second one, that depends on this one.
    pub fn other(&mut self) -> Random {
        Random(self.below(u64::MAX))
    }

    pub fn below(&mut self, limit: u64) -> u64 {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mut z = self.0;
        z = (z ^ (z >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        z = (z ^ (z >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        (z ^ (z >> 31)) % limit
    }
}

/// The text that belongs to a request: it names its task and its project.
pub fn text(seen: &Seen) -> String {
    format!(
        "Text: {}",
        seen.body["messages"].as_array().unwrap().last().unwrap()["content"].as_str().unwrap()
    )
}

/// A provider that takes its time and, `bad` times in a hundred, does what providers do.
pub fn provider(world: &World, mut random: Random, slowest: u64, bad: u64) {
    world.provider(move |seen| {
        if random.below(100) < bad {
            let error = "{\"error\": {\"message\": \"no\"}}";
            return match random.below(9) {
                0 => Act::Status(429, "retry-after: 1\r\n", error.into()),
                1 => Act::Status(429, "retry-after: 0\r\n", error.into()),
                2 => Act::Status(500, "", error.into()),
                3 => Act::Status(503, "retry-after: 0\r\n", error.into()),
                4 => Act::HalfJson,
                5 => Act::CloseMidStream,
                6 => Act::Hang,
                7 => Act::HangMidStream,
                _ => Act::Close,
            };
        }
        Act::Slow(Duration::from_millis(random.below(slowest)), text(seen))
    });
}

/// How a run goes.
pub struct Plan {
    pub projects: usize,
    pub tasks: usize,
    pub kills: usize,
    /// In a hundred.
    pub bad: u64,
}

/// Settings with which what was lost is soon taken over.
pub const HASTY: [&str; 8] =
    ["--worker-lease", "2", "--worker-poll", "1", "--worker-jobs", "6", "--admin-password", "admin"];

pub fn setup(world: &World, plan: &Plan) -> Vec<i64> {
    let (node, client) = world.serve(&[&HASTY[..], &["--no-worker"]].concat());
    let patience = json!({"timeout": 2, "first_byte_timeout": 1, "max_concurrency": 6});
    let template = world.template(&client, &patience);
    let projects = world.projects(&client, template, plan.projects, plan.tasks);
    node.stop();
    projects
}

/// Starts a project, by a client that cannot know whether a call that broke off was done.
fn start(world: &World, client: &Client, project: i64) -> bool {
    match world.call(client, "project.project", "action_start_workflow", json!([[project]])) {
        Ok(_) => true,
        Err(e) => {
            let refused = e.message.contains("draft") || e.message.contains("already");
            assert!(refused || e.message.contains("No answer"), "{}", e.message);
            refused
        }
    }
}

/// One life of the process: it is started, projects are begun, it is killed. Returns where.
fn life(world: &World, random: &mut Random, waiting: &mut Vec<i64>, begin: usize, planned: bool) -> String {
    let point = POINTS[usize::try_from(random.below(POINTS.len() as u64)).unwrap()];
    let fault = planned.then(|| Fault::at(world.home(), point, 1 + u32::try_from(random.below(4)).unwrap()));
    let args = [&HASTY[..], &["--http-port", "0"]].concat();
    let node = world.node("serve", &args, fault.as_ref().filter(|f| !f.is_reached() && point != "provider"));
    let patience = Duration::from_millis(30 + random.below(1500));
    let end = Instant::now() + patience;
    if !planned && random.below(8) == 0 {
        within(Duration::from_millis(random.below(120)), || None::<()>);
        node.kill();
        return "start".into();
    }
    let Some(address) = node.address("Serving ") else { panic!("no server: {}", node.logged()) };
    let calls = world.stub.seen().len();
    if let Ok(client) = world.client(&address) {
        for _ in 0..begin.min(waiting.len()) {
            if !start(world, &client, waiting[0]) {
                break;
            }
            waiting.remove(0);
        }
    }
    let killed_at = match &fault {
        Some(_) if point == "provider" => {
            within(DEADLINE / 20, || (world.stub.seen().len() > calls).then_some("provider"))
        }
        Some(fault) => within(DEADLINE / 20, || fault.is_reached().then_some(point)),
        None => within(end.saturating_duration_since(Instant::now()), || None),
    };
    node.kill();
    killed_at.unwrap_or("random").into()
}

/// The whole: lives and deaths, then a life without a death, then the verdict.
pub fn run(world: &World, plan: &Plan) {
    let begun = Instant::now();
    let mut random = Random::any();
    provider(world, random.other(), 250, plan.bad);
    let all = setup(world, plan);
    let mut waiting = all.clone();
    let mut deaths: BTreeMap<String, usize> = BTreeMap::new();
    for n in 0..plan.kills {
        // So many that there is work until the last kill.
        let wanted = plan.projects * (n + 1) / plan.kills;
        let begin = wanted.saturating_sub(all.len() - waiting.len());
        let at = life(world, &mut random, &mut waiting, begin, n % 2 == 0);
        *deaths.entry(at).or_default() += 1;
    }
    let (node, client) = world.serve(&HASTY);
    for project in waiting {
        assert!(start(world, &client, project), "project {project} cannot be started: {}", node.logged());
    }
    finish(world, plan, &node);
    node.stop();
    verdict::all_is_well(world, plan.projects, plan.tasks);
    let lost = world.rows("SELECT CAST(sum(lost) AS TEXT), CAST(sum(attempt) AS TEXT) FROM ai_job", 2);
    println!(
        "{}: {} projects x {} tasks, {} kills ({deaths:?}), {} calls to the provider, \
         executions lost and in all {:?}, {:.0?}",
        if world.is_postgres() { "PostgreSQL" } else { "SQLite" },
        plan.projects,
        plan.tasks,
        plan.kills,
        world.stub.seen().len(),
        lost[0],
        begun.elapsed()
    );
}

/// Waits for the end of all projects, for as long as there is progress.
pub fn finish(world: &World, plan: &Plan, node: &Node) {
    let left = || {
        let left = world.rows(
            "SELECT CAST(count(*) AS TEXT) FROM project_project \
             WHERE ai_template_id IS NOT NULL AND ai_state <> 'done'",
            1,
        );
        left.first().map(|row| row[0].clone())
    };
    let mut last = String::new();
    while last != "0" {
        let failed =
            world.rows("SELECT CAST(id AS TEXT), ai_error FROM project_project WHERE ai_state = 'failed'", 2);
        assert!(failed.is_empty(), "{failed:?}");
        // Back-off may take a while; a task that is written is progress too.
        let done = || {
            world.rows("SELECT CAST(count(*) AS TEXT) FROM ai_artifact", 1).first().map(|row| row[0].clone())
        };
        let before = done();
        last = until(
            &format!("the end of {} projects ({last} left) of {}", plan.projects, node.log_name()),
            || {
                let now = left()?;
                (now == "0" || now != last || done() != before).then_some(now)
            },
        );
    }
}

#[test]
fn a_few_kills() {
    both(|world| run(&world, &Plan { projects: 4, tasks: 3, kills: 10, bad: 0 }));
}

#[test]
fn a_provider_that_misbehaves() {
    both(|world| {
        let plan = Plan { projects: 2, tasks: 4, kills: 0, bad: 0 };
        let error = || "{\"error\": {\"message\": \"no\"}}".to_owned();
        let mut troubles = vec![
            Act::Status(429, "retry-after: 1\r\n", error()),
            Act::Status(500, "retry-after: 0\r\n", error()),
            Act::HalfJson,
            Act::CloseMidStream,
            Act::Hang,
            Act::HangMidStream,
            Act::Close,
        ];
        world.provider(move |seen| troubles.pop().unwrap_or_else(|| Act::Say(text(seen))));
        let projects = setup(&world, &plan);
        let (node, client) = world.serve(&HASTY);
        for project in projects {
            assert!(start(&world, &client, project));
        }
        finish(&world, &plan, &node);
        node.stop();
        verdict::all_is_well(&world, plan.projects, plan.tasks);
        let attempts = world.rows("SELECT CAST(sum(attempt) AS TEXT) FROM ai_job WHERE kind = 'task'", 1);
        assert_eq!(attempts[0][0], "15", "8 tasks and 7 failed attempts");
    });
}

#[test]
#[ignore = "minutes: the long run, see docs/crash.md"]
fn a_hundred_kills() {
    both(|world| run(&world, &Plan { projects: 50, tasks: 10, kills: 110, bad: 12 }));
}

/// JSON of a project's state, for other tests.
pub fn state(world: &World, client: &Client, project: i64) -> Json {
    let rows = world.call(client, "project.project", "read", json!([[project], ["ai_state"]])).unwrap();
    rows[0]["ai_state"].clone()
}
