//! `/metrics`

use std::collections::BTreeMap;

use kefu_tests::{Database, Office, Server, unique};

/// Every sample by its name and labels. Each must have been announced with a type.
#[track_caller]
fn samples(server: &Server) -> BTreeMap<String, f64> {
    let page = server.stranger().get("/metrics").expect(200);
    assert!(page.header("content-type").unwrap().starts_with("text/plain"), "{page}");
    let mut announced = Vec::new();
    let mut found = BTreeMap::new();
    for line in page.text.lines() {
        if let Some(kind) = line.strip_prefix("# TYPE ") {
            announced.push(kind.split(' ').next().unwrap().to_owned());
        } else if !line.starts_with('#') {
            let (name, value) = line.rsplit_once(' ').unwrap();
            let family = name.split('{').next().unwrap();
            assert!(announced.iter().any(|it| family.starts_with(it)), "{family} has no type");
            let value = value.parse().unwrap_or_else(|error| panic!("{line}: {error}"));
            assert!(found.insert(name.to_owned(), value).is_none(), "{name} twice");
        }
    }
    found
}

#[test]
fn figures_tell_what_the_server_does() {
    let server = Server::start();
    let office = Office::open(&server);
    let _opened = office.open_complaint();
    let figures = samples(&server);
    let database = if Database::is_postgres() { "postgresql" } else { "sqlite" };
    for (name, least, most) in [
        (r#"kefu_http_requests_total{method="POST",route="/v1/cases",status="201"}"#, 1.0, 1.0),
        (r#"kefu_http_request_seconds_count{method="POST",route="/v1/cases"}"#, 1.0, 1.0),
        (
            r#"kefu_http_request_seconds_bucket{method="POST",route="/v1/cases",le="+Inf"}"#,
            1.0,
            1.0,
        ),
        (r#"kefu_open_cases{procedure="complaint",state="registered"}"#, 1.0, 1.0),
        ("kefu_timers_due", 0.0, 0.0),
        ("kefu_timers_late", 0.0, 0.0),
        ("kefu_read_threads", 1.0, 64.0),
        ("kefu_read_threads_busy", 0.0, 64.0),
        ("kefu_write_threads", 1.0, 64.0),
        ("kefu_write_threads_busy", 0.0, 64.0),
        ("kefu_read_queue", 0.0, 1e4),
        ("kefu_write_queue", 0.0, 1e4),
        ("kefu_queue_refused_total", 0.0, 0.0),
        ("kefu_panics_total", 0.0, 0.0),
        ("kefu_writes_total", 5.0, 1e4),
        ("kefu_uptime_seconds", 0.0, 1e4),
        ("process_resident_memory_bytes", 1e6, 1e10),
        ("process_threads", 3.0, 1e3),
        ("process_open_fds", 3.0, 1e4),
    ] {
        let value = figures.get(name).unwrap_or_else(|| panic!("no {name} in {figures:#?}"));
        assert!((least..=most).contains(value), "{name} is {value}");
    }
    let build = figures.keys().find(|it| it.starts_with("kefu_build_info{")).unwrap();
    assert!(build.contains("version=") && build.contains(database), "{build}");
}

#[test]
fn what_callers_make_up_adds_no_series() {
    let server = Server::start();
    let stranger = server.stranger();
    let nonsense = |path: &str| {
        for method in ["GET", "PUT", "OPTIONS"] {
            let _refused = stranger.request(method, path).send();
        }
    };
    nonsense("/v1/nothing");
    let _counted = samples(&server);
    let before = samples(&server).len();
    for _ in 0..30 {
        nonsense(&format!("/v1/{}", unique("nothing")));
        let _brewed = stranger.request("BREW", "/v1/nothing").try_send();
        let _unknown = server.admin().get(&format!("/v1/roles/{}", unique("role")));
    }
    // BREW, whatever it is, is one more method; the unknown roles are one route.
    let after = samples(&server);
    assert!(after.len() <= before + 60, "{} series more", after.len() - before);
    assert!(after.keys().all(|it| !it.contains("nothing-") && !it.contains("BREW")), "{after:#?}");
}
