//! Those who watch: woken when events are committed or texts grow, in whatever process; what they then read, they read
//! under their own rights, as of that moment.
//!
//! One listener and one thread a process, only while somebody watches. It says "there is something for you" and no
//! more: whoever is woken asks [`news`] for what comes after the last event he has. So going on after an
//! interruption and going on after a wake-up are the same, a slow reader piles up nothing, and an idle project costs
//! nothing. `db::event` tells why nothing is lost between two readings.

use std::collections::{BTreeMap, HashMap};
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::mpsc::{Receiver, RecvTimeoutError, Sender, channel};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::thread::JoinHandle;
use std::time::Duration;

use serde_json::json;
use tokio::sync::Notify;

use super::App;
use crate::db::event::{self, Place, Progress};
use crate::error::{Error, Result};
use crate::orm::{Database, Env, access, fetch, rule};
use crate::value::{DATETIME_FORMAT, Json, Map};

/// How often to look without being woken: a notice may be lost with the process that owed it.
const LOOK: Duration = Duration::from_secs(10);
/// Events in one look of the thread; when there are more everybody is woken.
const LOOK_MOST: i64 = 1000;

/// Who watches at one process.
#[derive(Default)]
pub struct Watch {
    inner: Arc<Mutex<Inner>>,
}

#[derive(Default)]
struct Inner {
    next: u64,
    watchers: HashMap<u64, (i64, Arc<Watcher>)>,
    hub: Option<Hub>,
}

/// What one of them is woken by.
#[derive(Debug)]
pub struct Watcher {
    project: Option<i64>,
    wake: Notify,
    events: AtomicBool,
    over: AtomicBool,
    /// The newest word on each task; at most as many as are being written.
    progress: Mutex<BTreeMap<i32, Progress>>,
}

impl Watcher {
    /// Until there is something.
    pub async fn woken(&self) {
        self.wake.notified().await;
    }

    /// Whether watching is over.
    pub fn is_over(&self) -> bool {
        self.over.load(Ordering::Relaxed)
    }

    /// Whether there may be events, and the progress told since the last time.
    pub fn take(&self) -> (bool, Vec<Progress>) {
        let progress = std::mem::take(&mut *lock(&self.progress));
        (self.events.swap(false, Ordering::Relaxed), progress.into_values().collect())
    }

    fn wants(&self, project: i64) -> bool {
        self.project.is_none_or(|p| p == project)
    }

    fn stir(&self) {
        self.events.store(true, Ordering::Relaxed);
        self.wake.notify_one();
    }

    fn hear(&self, all: &[Progress]) {
        let mine: Vec<&Progress> = all.iter().filter(|p| self.wants(p.project.into())).collect();
        if !mine.is_empty() {
            lock(&self.progress).extend(mine.into_iter().map(|p| (p.task, *p)));
            self.wake.notify_one();
        }
    }
}

/// A place among those who watch; given back when dropped.
pub struct Seat {
    inner: Arc<Mutex<Inner>>,
    number: u64,
    /// What wakes him.
    pub watcher: Arc<Watcher>,
    /// The number of the last event committed before he sat down.
    pub top: i64,
}

impl std::fmt::Debug for Seat {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Seat").field("number", &self.number).field("top", &self.top).finish_non_exhaustive()
    }
}

impl Drop for Seat {
    fn drop(&mut self) {
        let mut inner = lock(&self.inner);
        inner.watchers.remove(&self.number);
        if inner.watchers.is_empty() {
            // Not waited for: it may be waiting for the database, and we may stand on an async thread.
            inner.hub = None;
        }
    }
}

/// How many may watch at one process.
#[derive(Debug, Clone, Copy)]
pub struct Limits {
    /// In all.
    pub all: usize,
    /// Of one user.
    pub user: usize,
}

impl Watch {
    /// Sits down to watch one project or all that `uid` may read. Fails when he may read none, or all seats are taken.
    pub fn join(&self, app: &App, uid: i64, project: Option<i64>, limits: Limits) -> Result<Seat> {
        app.reading(uid, Map::new(), |env| may_watch(env, project))?;
        let watcher = Arc::new(Watcher {
            project,
            wake: Notify::new(),
            events: AtomicBool::new(false),
            over: AtomicBool::new(false),
            progress: Mutex::default(),
        });
        let number = {
            let mut inner = lock(&self.inner);
            let mine = inner.watchers.values().filter(|(user, _)| *user == uid).count();
            if inner.watchers.len() >= limits.all || mine >= limits.user {
                return Err(too_many(mine >= limits.user));
            }
            if inner.hub.is_none() {
                inner.hub = Some(Hub::start(&self.inner, app.db.clone())?);
            }
            inner.next += 1;
            let number = inner.next;
            inner.watchers.insert(number, (uid, watcher.clone()));
            number
        };
        let mut seat = Seat { inner: self.inner.clone(), number, watcher, top: 0 };
        // After sitting down: what is committed from here on wakes him.
        seat.top = look(&app.db)?;
        Ok(seat)
    }

    /// Ends all watching: the database is about to be closed.
    pub fn close(&self) {
        let mut inner = lock(&self.inner);
        inner.hub = None;
        for (_, (_, watcher)) in inner.watchers.drain() {
            watcher.over.store(true, Ordering::Relaxed);
            watcher.wake.notify_one();
        }
    }

    /// How many watch.
    pub fn count(&self) -> usize {
        lock(&self.inner).watchers.len()
    }
}

impl std::fmt::Debug for Watch {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "Watch({})", self.count())
    }
}

fn lock<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}

/// HTTP 503: try again later.
fn too_many(of_user: bool) -> Error {
    let whose = if of_user { "You have too many" } else { "There are too many" };
    Error::bad_request(format!("{whose} open event streams. Close one, or try again later."))
        .named("werkzeug.exceptions.ServiceUnavailable")
}

/// Fails unless the user may read events at all, and those of the project.
fn may_watch(env: &Env, project: Option<i64>) -> Result<()> {
    access::check_model(env, env.model("ai.event")?, 'r')?;
    match project {
        Some(id) => readable(env, id),
        None => Ok(()),
    }
}

/// Fails unless there is such a project and the user may read it.
pub fn readable(env: &Env, project: i64) -> Result<()> {
    let model = env.model("project.project")?;
    if env.exists("project.project", &[project])?.is_empty() {
        return Err(rule::missing(env, model, &[project]));
    }
    access::check_model(env, model, 'r')?;
    rule::check(env, model, &[project], 'r')
}

/// Numbers what is new; the last number.
fn look(db: &Database) -> Result<i64> {
    let mut conn = db.pool().get()?;
    event::number(&mut conn)?;
    Ok(event::top(&mut conn)?)
}

/// What somebody who was woken gets to read.
#[derive(Debug, Default)]
pub struct News {
    /// Events in order, each with its number.
    pub events: Vec<(i64, Json)>,
    /// Where to go on after these.
    pub reached: i64,
    /// Whether there is more to read at once.
    pub more: bool,
    /// Progress of those projects that he may read.
    pub progress: Vec<Progress>,
}

/// What somebody asks for.
#[derive(Debug)]
pub struct Wanted {
    /// One project; None: all that he may read.
    pub project: Option<i64>,
    /// After the event of this number.
    pub after: i64,
    /// Whether there may be events.
    pub events: bool,
    /// Events at most.
    pub most: i64,
    /// What was told of tasks.
    pub progress: Vec<Progress>,
}

/// Reads as `uid`, who may have lost his rights since the last time: then it fails.
pub fn news(app: &App, uid: i64, wanted: &Wanted) -> Result<News> {
    app.reading(uid, Map::new(), |env| {
        may_watch(env, wanted.project)?;
        let mut out = News { reached: wanted.after, ..News::default() };
        if wanted.events {
            let places = env.db(|c| event::after(c, wanted.after, wanted.project, wanted.most))?;
            out.more = i64::try_from(places.len()).unwrap_or(i64::MAX) >= wanted.most;
            out.reached = places.last().map_or(wanted.after, |place| place.seq);
            out.events = visible(env, &places)?;
        }
        if !wanted.progress.is_empty() {
            let model = env.model("project.project")?;
            let ids: Vec<i64> = wanted.progress.iter().map(|p| p.project.into()).collect();
            let mine = rule::filter(env, model, &ids, 'r')?;
            out.progress =
                wanted.progress.iter().filter(|p| mine.contains(&p.project.into())).copied().collect();
        }
        Ok(out)
    })
}

const FIELDS: [&str; 9] =
    ["project_id", "task_id", "stage_id", "user_id", "kind", "message", "feedback", "version", "date"];

/// Those events that the user may read, as clients get them.
fn visible(env: &Env, places: &[Place]) -> Result<Vec<(i64, Json)>> {
    let ids: Vec<i64> = places.iter().map(|place| place.id).collect();
    let mine = rule::filter(env, env.model("ai.event")?, &ids, 'r')?;
    let records = fetch::fetch_existing(env, env.model("ai.event")?, &mine, &FIELDS)?;
    let records: HashMap<i64, _> = records.into_iter().map(|r| (r.id, r)).collect();
    let mut out = vec![];
    for place in places {
        let Some(r) = records.get(&place.id) else { continue };
        let id = |field: &str| r.opt(field).map_or(Json::Bool(false), Json::from);
        let date = r.datetime("date").map(|d| d.format(DATETIME_FORMAT).to_string());
        let event = json!({"id": place.id, "kind": r.str("kind"), "project_id": id("project_id"),
            "task_id": id("task_id"), "stage_id": id("stage_id"), "user_id": id("user_id"),
            "message": r.str("message"), "feedback": r.str("feedback"), "version": r.int("version"), "date": date});
        out.push((place.seq, event));
    }
    Ok(out)
}

/// What the hub's thread is told.
enum Notice {
    Events,
    Progress(Vec<Progress>),
    End,
}

/// The thread; ends when dropped.
struct Hub {
    notices: Sender<Notice>,
    _thread: JoinHandle<()>,
}

impl Drop for Hub {
    fn drop(&mut self) {
        // Gone already is as good.
        let _ = self.notices.send(Notice::End);
    }
}

impl Hub {
    fn start(inner: &Arc<Mutex<Inner>>, db: Arc<Database>) -> Result<Hub> {
        let (sender, receiver) = channel();
        let (inner, heard) = (inner.clone(), sender.clone());
        let thread = std::thread::Builder::new()
            .name("watch".into())
            .spawn(move || run(&inner, &db, heard, &receiver))
            .map_err(|e| Error::internal("Nobody can watch.").detail(e.to_string()))?;
        Ok(Hub { notices: sender, _thread: thread })
    }
}

fn run(inner: &Mutex<Inner>, db: &Database, heard: Sender<Notice>, notices: &Receiver<Notice>) {
    let listening = db.pool().hear(&[event::EVENTS, event::PROGRESS], move |channel, said| {
        let notice =
            if channel == event::EVENTS { Notice::Events } else { Notice::Progress(Progress::read(said)) };
        // Who no longer listens need not hear.
        let _ = heard.send(notice);
    });
    if let Err(e) = &listening {
        tracing::warn!(target: "workwarden::watch", error = %e, "no notices: those who watch see changes late");
    }
    let mut top = None;
    loop {
        let (mut events, mut progress) = (false, vec![]);
        let mut next = notices.recv_timeout(LOOK).or_else(|e| match e {
            RecvTimeoutError::Timeout => Ok(Notice::Events),
            gone @ RecvTimeoutError::Disconnected => Err(gone),
        });
        // Many at once are one.
        while let Ok(notice) = next {
            match notice {
                Notice::Events => events = true,
                Notice::Progress(some) => progress.extend(some),
                Notice::End => return,
            }
            next = notices.try_recv().map_err(|_| RecvTimeoutError::Timeout);
        }
        if events {
            match changed(db, &mut top) {
                Ok(projects) => each(inner, |w| w.feels(projects.as_deref())),
                Err(e) => {
                    tracing::warn!(target: "workwarden::watch", error = %e.message, "cannot look for events")
                }
            }
        }
        if !progress.is_empty() {
            each(inner, |w| w.hear(&progress));
        }
    }
}

impl Watcher {
    /// Events of these projects, or (None) of nobody knows which.
    fn feels(&self, projects: Option<&[i64]>) {
        if projects.is_none_or(|list| list.iter().any(|p| self.wants(*p))) {
            self.stir();
        }
    }
}

fn each(inner: &Mutex<Inner>, f: impl Fn(&Watcher)) {
    let watchers: Vec<Arc<Watcher>> = lock(inner).watchers.values().map(|(_, w)| w.clone()).collect();
    watchers.iter().for_each(|w| f(w));
}

/// Numbers what is new and says which projects it is about; None: too many to say, or not known yet.
fn changed(db: &Database, top: &mut Option<i64>) -> Result<Option<Vec<i64>>> {
    let mut conn = db.pool().get()?;
    event::number(&mut conn)?;
    let Some(last) = *top else {
        *top = Some(event::top(&mut conn)?);
        return Ok(None);
    };
    let places = event::after(&mut conn, last, None, LOOK_MOST)?;
    if i64::try_from(places.len()).unwrap_or(i64::MAX) >= LOOK_MOST {
        *top = Some(event::top(&mut conn)?);
        return Ok(None);
    }
    if places.is_empty() && event::top(&mut conn)? < last {
        // Another database of this name has taken the place of the one we knew.
        *top = None;
        return Ok(None);
    }
    *top = places.last().map_or(*top, |place| Some(place.seq));
    let mut projects: Vec<i64> = places.iter().map(|place| place.project).collect();
    projects.sort_unstable();
    projects.dedup();
    Ok(Some(projects))
}
