//! What must be true in the end, whatever happened on the way: read from the database, not told by a server.

use std::collections::BTreeMap;

use super::world::World;

/// Every project is done, every task written once, every artifact there exactly once, every history in order.
pub fn all_is_well(world: &World, projects: usize, tasks: usize) {
    let states = world.rows(
        "SELECT ai_state, CAST(count(*) AS TEXT) FROM project_project \
        WHERE ai_template_id IS NOT NULL GROUP BY ai_state",
        2,
    );
    assert_eq!(states, [["done".to_owned(), projects.to_string()]], "projects by state");
    let written = world.rows(
        "SELECT t.ai_state, t.ai_content, t.name || ' of ' || CAST(p.name AS TEXT) FROM project_task t \
         JOIN project_project p ON p.id = t.project_id WHERE p.ai_template_id IS NOT NULL",
        3,
    );
    assert_eq!(written.len(), projects * tasks);
    for row in &written {
        assert!(row[0] == "done" && row[1].starts_with("Text: Task "), "{row:?}");
    }
    artifacts(world, projects, tasks);
    jobs(world, projects, tasks);
    events(world, projects, tasks);
}

fn artifacts(world: &World, projects: usize, tasks: usize) {
    // Superseded versions would be rows too: none may be.
    let of_tasks = world.rows(
        "SELECT CAST(count(*) AS TEXT), CAST(count(DISTINCT a.task_id) AS TEXT), CAST(max(a.version) AS TEXT), \
         CAST(sum(CASE WHEN a.content = t.ai_content AND a.active THEN 1 ELSE 0 END) AS TEXT) \
         FROM ai_artifact a JOIN project_task t ON t.id = a.task_id",
        4,
    );
    let all = (projects * tasks).to_string();
    assert_eq!(
        of_tasks,
        [[all.clone(), all.clone(), "1".into(), all]],
        "artifacts: rows, tasks, version, right ones"
    );
    let whole = world.rows(
        "SELECT CAST(project_id AS TEXT), content FROM ai_artifact WHERE task_id IS NULL ORDER BY project_id",
        2,
    );
    assert_eq!(whole.len(), projects, "one assembled text a project");
    for row in &whole {
        let places: Vec<_> = (0..tasks).map(|n| row[1].find(&format!("Text: Task {n} of "))).collect();
        assert!(places.iter().all(Option::is_some) && places.is_sorted(), "project {}: {}", row[0], row[1]);
    }
}

fn jobs(world: &World, projects: usize, tasks: usize) {
    let jobs = world
        .rows("SELECT kind, state, CAST(count(*) AS TEXT) FROM ai_job GROUP BY kind, state ORDER BY kind", 3);
    let done = |kind: &str, n: usize| vec![kind.to_owned(), "done".into(), n.to_string()];
    assert_eq!(jobs, [done("system", projects), done("task", projects * tasks)], "jobs by kind and state");
}

/// started, its stage, each task queued and then written, the next stage, done; dates do not run backwards.
fn events(world: &World, projects: usize, tasks: usize) {
    let rows = world.rows(
        "SELECT CAST(project_id AS TEXT), kind, CAST(task_id AS TEXT), CAST(date AS TEXT) FROM ai_event ORDER BY id",
        4,
    );
    let mut histories: BTreeMap<&str, Vec<&[String]>> = BTreeMap::new();
    for row in &rows {
        histories.entry(row[0].as_str()).or_default().push(&row[1..]);
    }
    assert_eq!(histories.len(), projects);
    for (project, events) in histories {
        let kinds: Vec<&str> = events.iter().map(|e| e[0].as_str()).collect();
        let said = || format!("project {project}: {kinds:?}");
        let at = |kind: &str| {
            kinds.iter().position(|k| *k == kind).unwrap_or_else(|| panic!("{kind}? {}", said()))
        };
        let count = |kind: &str| kinds.iter().filter(|k| **k == kind).count();
        assert_eq!((at("started"), at("stage_entered"), at("done")), (0, 1, kinds.len() - 1), "{}", said());
        assert_eq!(
            [
                count("started"),
                count("stage_entered"),
                count("task_queued"),
                count("task_done"),
                count("done")
            ],
            [1, 2, tasks, tasks, 1],
            "{}",
            said()
        );
        let second = kinds.iter().rposition(|k| *k == "stage_entered").unwrap();
        assert!(kinds.iter().rposition(|k| *k == "task_done").unwrap() < second, "{}", said());
        let of = |kind: &str| -> Vec<(&str, usize)> {
            let of_kind = events.iter().enumerate().filter(|(_, e)| e[0] == kind);
            let mut found: Vec<_> = of_kind.map(|(place, e)| (e[1].as_str(), place)).collect();
            found.sort_unstable();
            found
        };
        for ((task, queued), (same, done)) in of("task_queued").into_iter().zip(of("task_done")) {
            assert!(task == same && queued < done, "task {task}: {}", said());
        }
        assert!(events.is_sorted_by_key(|e| &e[2]), "dates run backwards: {events:?}");
    }
}
