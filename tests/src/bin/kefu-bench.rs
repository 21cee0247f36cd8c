//! Load on a running kefu over loopback, and what it costs: latency, processor time, memory.
//!
//! Called by `scripts/bench`, which starts the servers. Prints one line a measurement. A blocking
//! client on raw sockets keeps its own share of the processor small.

#![expect(clippy::print_stdout, reason = "it prints what it measured")]

use std::fmt::Write as _;
use std::io::{BufRead, BufReader, Read, Write};
use std::net::TcpStream;
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};
use std::sync::{Arc, Mutex};
use std::time::{Duration, Instant};

type Failure = Box<dyn std::error::Error + Send + Sync>;

/// What a server said.
struct Reply {
    status: u16,
    body: Vec<u8>,
}

/// One keep-alive connection.
struct Connection {
    reader: BufReader<TcpStream>,
}

impl Connection {
    fn open(address: &str) -> Result<Self, Failure> {
        let stream = TcpStream::connect(address)?;
        stream.set_nodelay(true)?;
        stream.set_read_timeout(Some(Duration::from_secs(30)))?;
        Ok(Self { reader: BufReader::with_capacity(64 * 1024, stream) })
    }

    fn send(&mut self, request: &[u8]) -> Result<Reply, Failure> {
        self.reader.get_mut().write_all(request)?;
        let mut line = String::new();
        self.reader.read_line(&mut line)?;
        let status = line.split(' ').nth(1).ok_or("no status line")?.parse()?;
        let mut length = 0;
        loop {
            line.clear();
            self.reader.read_line(&mut line)?;
            let header = line.trim_end().to_ascii_lowercase();
            if header.is_empty() {
                break;
            }
            if let Some(value) = header.strip_prefix("content-length:") {
                length = value.trim().parse()?;
            }
        }
        let mut body = vec![0; length];
        self.reader.read_exact(&mut body)?;
        Ok(Reply { status, body })
    }
}

/// The bytes of a request.
fn request(method: &str, path: &str, token: &str, body: Option<&str>) -> Vec<u8> {
    let mut text =
        format!("{method} {path} HTTP/1.1\r\nhost: bench\r\nauthorization: Bearer {token}\r\n");
    if let Some(body) = body {
        let _ =
            write!(text, "content-type: application/json\r\ncontent-length: {}\r\n", body.len());
    }
    text.push_str("\r\n");
    text.push_str(body.unwrap_or_default());
    text.into_bytes()
}

/// What the server has used so far.
#[derive(Clone, Copy)]
struct Usage {
    cpu_seconds: f64,
    resident_mib: f64,
    threads: u64,
}

fn usage(pid: u32) -> Usage {
    let stat = std::fs::read_to_string(format!("/proc/{pid}/stat")).unwrap_or_default();
    let fields: Vec<&str> =
        stat.rsplit(')').next().unwrap_or_default().split_whitespace().collect();
    let ticks =
        |index: usize| fields.get(index).and_then(|it| it.parse::<f64>().ok()).unwrap_or(0.0);
    let status = std::fs::read_to_string(format!("/proc/{pid}/status")).unwrap_or_default();
    let value = |name: &str| {
        let line = status.lines().find(|it| it.starts_with(name)).unwrap_or_default();
        line.split_whitespace().nth(1).and_then(|it| it.parse::<f64>().ok()).unwrap_or(0.0)
    };
    // Fields 14 and 15 of the whole line, in hundredths of a second.
    Usage {
        cpu_seconds: (ticks(11) + ticks(12)) / 100.0,
        resident_mib: value("VmRSS:") / 1024.0,
        threads: fields.get(17).and_then(|it| it.parse().ok()).unwrap_or(0),
    }
}

/// One measurement.
struct Run<'a> {
    label: &'a str,
    address: &'a str,
    pid: u32,
    clients: usize,
    seconds: u64,
    expect: u16,
}

impl Run<'_> {
    /// Sends requests from `clients` connections for `seconds`, after two seconds that do not count.
    fn measure(&self, make: impl Fn(u64) -> Vec<u8> + Send + Sync) -> Result<f64, Failure> {
        let (counting, stop) = (AtomicBool::new(false), AtomicBool::new(false));
        let (serial, wrong) = (AtomicU64::new(0), AtomicU64::new(0));
        let latencies = Mutex::new(Vec::new());
        let first_wrong = Mutex::new(String::new());
        let (mut before, mut after) = (usage(self.pid), usage(self.pid));
        let mut elapsed = Duration::ZERO;
        std::thread::scope(|scope| -> Result<(), Failure> {
            for _ in 0..self.clients {
                let mut connection = Connection::open(self.address)?;
                let (counting, stop, serial, wrong) = (&counting, &stop, &serial, &wrong);
                let (latencies, first_wrong, make) = (&latencies, &first_wrong, &make);
                let expect = self.expect;
                scope.spawn(move || {
                    let mut own: Vec<u32> = Vec::new();
                    while !stop.load(Ordering::Relaxed) {
                        let bytes = make(serial.fetch_add(1, Ordering::Relaxed));
                        let started = Instant::now();
                        let reply = connection.send(&bytes);
                        let took = u32::try_from(started.elapsed().as_micros()).unwrap_or(u32::MAX);
                        match reply {
                            Ok(reply) if reply.status == expect => {}
                            Ok(reply) => {
                                if wrong.fetch_add(1, Ordering::Relaxed) == 0
                                    && let Ok(mut text) = first_wrong.lock()
                                {
                                    *text = String::from_utf8_lossy(&reply.body).into_owned();
                                }
                            }
                            Err(error) => {
                                if wrong.fetch_add(1, Ordering::Relaxed) == 0
                                    && let Ok(mut text) = first_wrong.lock()
                                {
                                    *text = error.to_string();
                                }
                                break;
                            }
                        }
                        if counting.load(Ordering::Relaxed) {
                            own.push(took);
                        }
                    }
                    if let Ok(mut all) = latencies.lock() {
                        all.extend(own);
                    }
                });
            }
            std::thread::sleep(Duration::from_secs(2));
            before = usage(self.pid);
            let started = Instant::now();
            counting.store(true, Ordering::Relaxed);
            std::thread::sleep(Duration::from_secs(self.seconds));
            counting.store(false, Ordering::Relaxed);
            elapsed = started.elapsed();
            after = usage(self.pid);
            stop.store(true, Ordering::Relaxed);
            Ok(())
        })?;
        let latencies = latencies.into_inner().unwrap_or_default();
        self.report(latencies, before, after, elapsed, &wrong, &first_wrong)
    }

    fn report(
        &self,
        mut latencies: Vec<u32>,
        before: Usage,
        after: Usage,
        elapsed: Duration,
        wrong: &AtomicU64,
        first_wrong: &Mutex<String>,
    ) -> Result<f64, Failure> {
        latencies.sort_unstable();
        let count = latencies.len().max(1);
        let at = |part: usize| {
            let index = (count * part / 1000).min(count - 1);
            f64::from(latencies.get(index).copied().unwrap_or(0)) / 1000.0
        };
        let total = f64::from(u32::try_from(count)?);
        let rate = total / elapsed.as_secs_f64();
        let cpu = (after.cpu_seconds - before.cpu_seconds) / total * 1000.0;
        println!(
            "{:<44} {:>4} clients {:>8.0}/s  p50 {:>7.2} ms  p99 {:>8.2} ms  max {:>8.2} ms  cpu {:.3} s/1000  rss {:>5.0} MiB  threads {:>3}  wrong {}",
            self.label,
            self.clients,
            rate,
            at(500),
            at(990),
            at(1000),
            cpu,
            after.resident_mib,
            after.threads,
            wrong.load(Ordering::Relaxed),
        );
        let first = first_wrong.lock().map(|it| it.clone()).unwrap_or_default();
        if !first.is_empty() {
            println!("    first wrong answer: {first}");
        }
        Ok(rate)
    }
}

/// What `scripts/bench` hands over, as `--name value`.
struct Arguments(Vec<String>);

impl Arguments {
    fn get(&self, name: &str) -> Option<&str> {
        let at = self.0.iter().position(|it| it == name)?;
        self.0.get(at + 1).map(String::as_str)
    }

    fn number(&self, name: &str, otherwise: u64) -> u64 {
        self.get(name).and_then(|it| it.parse().ok()).unwrap_or(otherwise)
    }
}

/// A signed-in office with a customer, a site and a hand to work.
struct Office {
    token: String,
    site: String,
    customer: String,
}

fn json(reply: &Reply) -> Result<serde_json::Value, Failure> {
    let text = String::from_utf8_lossy(&reply.body);
    serde_json::from_slice(&reply.body).map_err(|error| format!("{error}: {text}").into())
}

fn member(value: &serde_json::Value, name: &str) -> Option<String> {
    value.get(name).and_then(serde_json::Value::as_str).map(str::to_owned)
}

fn prepare(address: &str, password: &str) -> Result<Office, Failure> {
    let mut connection = Connection::open(address)?;
    let credentials = serde_json::json!({ "username": "admin", "password": password }).to_string();
    let reply = connection.send(&request("POST", "/v1/auth/token", "", Some(&credentials)))?;
    let token = member(&json(&reply)?, "access_token").ok_or("no token")?;
    let mut make = |path: &str, body: serde_json::Value| -> Result<String, Failure> {
        let reply = connection.send(&request("POST", path, &token, Some(&body.to_string())))?;
        let value = json(&reply)?;
        Ok(member(&value, "id").ok_or_else(|| value.to_string())?)
    };
    let code = format!("bench-{}", std::process::id());
    let site = make(
        "/v1/sites",
        serde_json::json!({ "code": code, "name": "测试园区", "packs": ["property"], "calendar": "office" }),
    )?;
    let customer = make(
        "/v1/customers",
        serde_json::json!({ "name": "测试业主", "kind": "person", "phone": "13800000000", "site_id": site }),
    )?;
    Ok(Office { token, site, customer })
}

/// A site that has cases: that of the newest one.
fn busy_site(address: &str, office: &Office) -> Result<String, Failure> {
    let mut connection = Connection::open(address)?;
    let reply = connection.send(&request("GET", "/v1/cases?limit=1", &office.token, None))?;
    let page = json(&reply)?;
    let newest = page.get("items").and_then(|it| it.get(0));
    Ok(newest.and_then(|it| member(it, "site_id")).unwrap_or_else(|| office.site.clone()))
}

/// The cursor of the page that is so many pages of 50 deep.
fn deep(address: &str, office: &Office, list: &str, pages: u64) -> Result<String, Failure> {
    let mut connection = Connection::open(address)?;
    let mut cursor = String::new();
    for _ in 0..pages / 4 {
        let path = format!("{list}&limit=200{cursor}");
        let reply = connection.send(&request("GET", &path, &office.token, None))?;
        let next = member(&json(&reply)?, "next_cursor");
        cursor = format!("&cursor={}", next.ok_or("the list is not so deep")?);
    }
    Ok(cursor)
}

fn complaint(office: &Office, serial: u64) -> String {
    serde_json::json!({
        "procedure": "complaint",
        "subject": format!("{}号楼电梯异响", serial % 40 + 1),
        "channel": "phone",
        "site_id": office.site,
        "customer_id": office.customer,
        "fields": {
            "grade": if serial.is_multiple_of(10) { "major" } else { "ordinary" },
            "what_happened": "昨晚十点电梯在六层停了十分钟，楼道灯不亮，物业电话打了三次才有人接。",
        },
    })
    .to_string()
}

fn main() -> Result<(), Failure> {
    let arguments = Arguments(std::env::args().collect());
    let address = arguments.get("--address").unwrap_or("127.0.0.1:8080").to_owned();
    let password = arguments.get("--password").unwrap_or("bench-password").to_owned();
    let pid = u32::try_from(arguments.number("--pid", 0))?;
    let seconds = arguments.number("--seconds", 6);
    let label = arguments.get("--label").unwrap_or("kefu").to_owned();
    let office = Arc::new(prepare(&address, &password)?);
    let run =
        |name: &str, clients: usize, expect: u16, make: &(dyn Fn(u64) -> Vec<u8> + Send + Sync)| {
            let label = format!("{label}: {name}");
            let run = Run { label: &label, address: &address, pid, clients, seconds, expect };
            run.measure(make)
        };
    let open = |serial: u64| {
        request("POST", "/v1/cases", &office.token, Some(&complaint(&office, serial)))
    };
    let busy = busy_site(&address, &office)?;
    let page = format!("/v1/cases?site_id={busy}&sort=due_at&limit=50");
    let list = |_: u64| request("GET", &page, &office.token, None);
    let what = arguments.get("--what").unwrap_or("all").to_owned();
    if what == "all" || what == "open" {
        run("open a case", 32, 201, &open)?;
    }
    if what == "all" || what == "read" {
        let mut connection = Connection::open(&address)?;
        let reply = connection.send(&open(1))?;
        let id = member(&json(&reply)?, "id").ok_or("no id")?;
        let path = format!("/v1/cases/{id}");
        run("read a case", 32, 200, &|_| request("GET", &path, &office.token, None))?;
    }
    if what == "all" || what == "list" {
        let size = arguments.get("--size").unwrap_or("as it is").to_owned();
        run(&format!("a site's page of 50 by deadline, {size}"), 32, 200, &list)?;
        let newest = "/v1/cases?sort=-opened_at&limit=50".to_owned();
        run(&format!("the newest 50, {size}"), 32, 200, &|_| {
            request("GET", &newest, &office.token, None)
        })?;
    }
    if what == "deep" {
        let pages = arguments.number("--pages", 10_000);
        for list in ["/v1/cases?sort=-opened_at", "/v1/cases?sort=due_at"] {
            let cursor = deep(&address, &office, list, pages)?;
            let read = |cursor: &str| {
                let path = format!("{list}&limit=50{cursor}");
                run(&format!("{path:.40}"), 4, 200, &|_| request("GET", &path, &office.token, None))
            };
            let (shallow, far) = (read("")?, read(&cursor)?);
            println!("    page {pages} of {list} costs {:.2} times page 1", shallow / far);
        }
    }
    if what == "all" || what == "many" {
        run("open a case", 256, 201, &open)?;
        run("a site's page of 50 by deadline", 256, 200, &list)?;
    }
    Ok(())
}
