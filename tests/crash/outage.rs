//! PostgreSQL itself goes away and comes back, in good order and by a crash, while projects run.
//!
//! A few times with the other tests; often, together with kills of the server, in the long run:
//! `cargo test --test tests -- --ignored --nocapture crash::outage`.

use std::time::{Duration, Instant};

use serde_json::json;

use super::cluster::Cluster;
use super::kills::{HASTY, Plan, Random, finish, provider, setup};
use super::node::{until, within};
use super::verdict;
use super::world::World;

/// Restarts the database `times` while a server runs; every third time the server is killed as well.
fn run(plan: &Plan, times: usize) {
    let Some(cluster) = Cluster::new() else { return };
    let begun = Instant::now();
    let world = World::new(&cluster.url("test"), None);
    let mut random = Random::any();
    provider(&world, random.other(), 300, plan.bad);
    let all = setup(&world, plan);
    let (mut node, mut client) = world.serve(&HASTY);
    let mut begun_projects = 0;
    for n in 0..times {
        let wanted = plan.projects * (n + 1) / times;
        let some = json!([all[begun_projects..wanted]]);
        if wanted > begun_projects {
            // The same server and client as before the database went away: they must have got over it.
            world.call(&client, "project.project", "action_start_workflow", some).unwrap();
            begun_projects = wanted;
        }
        within(Duration::from_millis(random.below(1200)), || None::<()>);
        cluster.stop(if n % 2 == 0 { "immediate" } else { "fast" });
        let address = client.base.trim_start_matches("http://").to_owned();
        if n == 0 {
            until("not ready", || (world.get(&address, "/readyz", &[]).0 == 503).then_some(()));
            assert_eq!(world.get(&address, "/healthz", &[]).0, 200, "it lives, though its database does not");
        }
        if n % 3 == 2 {
            node.kill();
            cluster.start();
            (node, client) = world.serve(&HASTY);
        } else {
            cluster.start();
            until("ready again", || (world.get(&address, "/readyz", &[]).0 == 200).then_some(()));
        }
    }
    finish(&world, plan, &node);
    node.stop();
    verdict::all_is_well(&world, plan.projects, plan.tasks);
    println!(
        "PostgreSQL restarted {times} times: {} projects x {} tasks, {} calls to the provider, {:.0?}",
        plan.projects,
        plan.tasks,
        world.stub.seen().len(),
        begun.elapsed()
    );
}

#[test]
fn a_few_restarts_of_the_database() {
    run(&Plan { projects: 4, tasks: 3, kills: 0, bad: 0 }, 4);
}

#[test]
#[ignore = "minutes: the long run, see docs/crash.md"]
fn many_restarts_of_the_database() {
    run(&Plan { projects: 50, tasks: 10, kills: 0, bad: 10 }, 30);
}
