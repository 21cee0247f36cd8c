//! The database without a server: what opening a case costs when nothing but the statements is left.
//!
//!   bare fill  URL CASES    fills a database with so many cases of the past half hour: nothing is due yet
//!   bare once  URL          opens one case, for whoever wants to see the statements
//!   bare loop  URL SECONDS  opens cases as fast as the database takes them, and says how many
//!
//! Called by `scripts/bench`. The cases are real: decided by the kernel with the shipped regulations.
#![expect(clippy::print_stdout, reason = "it prints what it measured")]

use std::collections::BTreeMap;
use std::error::Error;
use std::time::{Duration, Instant};

use chrono::{DateTime, TimeDelta, Utc};
use kefu_domain::calendar::Calendar;
use kefu_domain::case::{self, Calendars, Case, Channel, Context, Event, Open, Priority};
use kefu_domain::pack::load_shipped;
use kefu_domain::procedure::Procedure;
use kefu_domain::who::Actor;
use kefu_persistence::search::Cut;
use kefu_persistence::{Backend, Conn, Options, Store, StoreError, cases};
use serde_json::json;
use uuid::Uuid;

type Failure = Box<dyn Error + Send + Sync>;

/// The regulations of a property office.
struct Office {
    procedure: Procedure,
    calendars: BTreeMap<String, Calendar>,
    sites: Vec<Uuid>,
    people: Vec<Uuid>,
}

impl Calendars for Office {
    fn find(&self, code: &str) -> Option<&Calendar> {
        self.calendars.get(code)
    }
}

impl Office {
    fn new() -> Result<Self, Failure> {
        let library = load_shipped(&["property"]).map_err(|faults| format!("{faults:?}"))?;
        let names = library.names();
        let complaint = library.procedures.iter().find(|it| it.definition.code == "complaint");
        let complaint = complaint.ok_or("no complaint")?;
        let procedure = Procedure::new(complaint.definition.clone(), 1, &names.surroundings());
        let mut calendars = BTreeMap::from([("always".to_owned(), Calendar::always())]);
        for definition in library.calendars.clone() {
            let calendar = Calendar::new(definition).map_err(|faults| format!("{faults:?}"))?;
            calendars.insert(calendar.code().to_owned(), calendar);
        }
        let ids =
            |first: u128, count: u128| (0..count).map(|it| Uuid::from_u128(first + it)).collect();
        Ok(Self {
            procedure: procedure.map_err(|faults| format!("{faults:?}"))?,
            calendars,
            sites: ids(1 << 80, 40),
            people: ids(1 << 81, 400),
        })
    }

    /// The `serial`-th complaint, opened at `now`.
    fn complaint(&self, serial: u64, now: DateTime<Utc>) -> Result<(Case, Vec<Event>), Failure> {
        let pick = |all: &[Uuid]| all.get(usize::try_from(serial).ok()? % all.len()).copied();
        let fields = json!({
            "grade": if serial.is_multiple_of(10) { "major" } else { "ordinary" },
            "what_happened": format!("{}号楼昨晚十点电梯停了十分钟，楼道灯不亮。", serial % 90),
        });
        let open = Open {
            id: id(serial, now),
            number: format!("BARE-{serial:09}"),
            subject: format!("{}号楼电梯异响", serial % 40 + 1),
            channel: Channel::Phone,
            priority: Priority::Normal,
            site_id: pick(&self.sites),
            customer_id: Some(id(serial % 50_000, DateTime::UNIX_EPOCH)),
            asset_id: None,
            fields: fields.as_object().cloned().unwrap_or_default(),
            origin: None,
            duty: None,
        };
        let figures = BTreeMap::new();
        let people = |_: Uuid| None;
        let context = Context {
            now,
            calendars: self,
            people: &people,
            site: None,
            site_calendar: Some("office"),
            figures: &figures,
            customer: None,
            children: &[],
        };
        let mut actor = Actor::system();
        let opened = case::open(&self.procedure, &actor, open, &context);
        let (case, events) = opened.map_err(|refusal| format!("{refusal:?}"))?;
        // The system opened it; a person would be in every event.
        actor.id = pick(&self.people);
        Ok((case, events))
    }
}

/// A `UUIDv7` of the instant, different for each serial.
fn id(serial: u64, now: DateTime<Utc>) -> Uuid {
    let millis = u64::try_from(now.timestamp_millis()).unwrap_or_default();
    let mut random = [0; 10];
    random.iter_mut().zip(serial.to_be_bytes()).for_each(|(to, from)| *to = from);
    uuid::Builder::from_unix_timestamp_millis(millis, &random).into_uuid()
}

fn write(
    conn: &mut Conn,
    office: &Office,
    serials: std::ops::Range<u64>,
    at: impl Fn(u64) -> DateTime<Utc>,
) -> Result<(), Failure> {
    let mut made = Vec::new();
    for serial in serials {
        made.push(office.complaint(serial, at(serial))?);
    }
    conn.transaction(|conn| {
        for (case, events) in &made {
            cases::open(conn, case, events, &[], &Cut::default())?;
        }
        Ok::<_, StoreError>(())
    })?;
    Ok(())
}

fn fill(url: &str, cases: u64) -> Result<(), Failure> {
    let store = Store::open(url, &Options::default())?;
    store.migrate()?;
    let threads: u64 = if store.backend() == Backend::Sqlite { 1 } else { 4 };
    let started = Instant::now();
    #[expect(clippy::disallowed_methods, reason = "a measurement, not a rule")]
    let begin = Utc::now() - TimeDelta::minutes(30);
    let step = TimeDelta::minutes(30) / i32::try_from(cases.max(1))?;
    let at = |serial: u64| begin + step * i32::try_from(serial).unwrap_or(i32::MAX);
    std::thread::scope(|scope| -> Result<(), Failure> {
        let mut running = Vec::new();
        for thread in 0..threads {
            let mut conn = store.connect()?;
            running.push(scope.spawn(move || -> Result<(), Failure> {
                let office = Office::new()?;
                let (from, to) = (cases * thread / threads, cases * (thread + 1) / threads);
                let mut next = from;
                while next < to {
                    let end = (next + 200).min(to);
                    write(&mut conn, &office, next..end, at)?;
                    next = end;
                }
                Ok(())
            }));
        }
        for thread in running {
            thread.join().map_err(|_panic| "a thread panicked")??;
        }
        Ok(())
    })?;
    println!("filled with {cases} cases in {:.0} s", started.elapsed().as_secs_f64());
    store.close();
    Ok(())
}

/// One transaction a case, as a server with one client would; on SQLite also 32 in one, as the
/// server's group commit does under load.
fn measure(url: &str, seconds: u64) -> Result<(), Failure> {
    let store = Store::open(url, &Options::default())?;
    store.migrate()?;
    let office = Office::new()?;
    let now = DateTime::from_timestamp(1_795_000_000, 0).ok_or("no instant")?;
    let mut serial = 1_000_000_000;
    let batches: &[u64] = if store.backend() == Backend::Sqlite { &[1, 32] } else { &[1] };
    for batch in batches {
        let mut conn = store.connect()?;
        let (started, first) = (Instant::now(), serial);
        while started.elapsed() < Duration::from_secs(seconds) {
            write(&mut conn, &office, serial..serial + batch, |_| now)?;
            serial += batch;
        }
        let rate = f64::from(u32::try_from(serial - first)?) / started.elapsed().as_secs_f64();
        println!(
            "bare {:?}: open a case, {batch} a transaction, one connection: {rate:.0}/s",
            store.backend()
        );
    }
    store.close();
    Ok(())
}

fn once(url: &str) -> Result<(), Failure> {
    let store = Store::open(url, &Options::default())?;
    store.migrate()?;
    let now = DateTime::from_timestamp(1_795_000_000, 0).ok_or("no instant")?;
    write(&mut store.connect()?, &Office::new()?, 2_000_000_000..2_000_000_001, |_| now)?;
    store.close();
    Ok(())
}

fn main() -> Result<(), Failure> {
    let arguments: Vec<String> = std::env::args().collect();
    let words: Vec<&str> = arguments.iter().skip(1).map(String::as_str).collect();
    match words.as_slice() {
        ["fill", url, cases] => fill(url, cases.parse()?),
        ["once", url] => once(url),
        ["loop", url, seconds] => measure(url, seconds.parse()?),
        _ => Err("usage: bare fill URL CASES | bare once URL | bare loop URL SECONDS".into()),
    }
}
