//! Where the bytes are: a directory, a bucket; what happens when it breaks; sweeping.

use chrono::TimeDelta;
use kefu_tests::{BUCKET_KEY, Bucket, Office, Options, Scope, Server, kefu, plus};

use super::upload::files;
use super::{File, bytes, link, of_case, png, send, until};
use crate::procedures::simple;

fn on(bucket: &Bucket) -> Options {
    let env = [
        ("KEFU_STORAGE", bucket.storage()),
        ("KEFU_STORAGE_KEY", BUCKET_KEY.0.to_owned()),
        ("KEFU_STORAGE_SECRET", BUCKET_KEY.1.to_owned()),
    ];
    let env = env.map(|(name, value)| (name.to_owned(), value)).to_vec();
    Options { env, ..Options::default() }
}

#[test]
fn a_bucket_keeps_small_files_and_large_ones_and_answers_parts_of_them() {
    let bucket = Bucket::start();
    let server = Server::start_with(on(&bucket));
    let desk = server.user("front_desk", Scope::All);
    for size in [2_000, 12 * 1024 * 1024 + 77] {
        let file = File { bytes: png(size), ..File::picture("a.png") };
        let sent = send(&desk, &file, None).expect(201);
        assert!(bytes(&desk, &sent.id()) == file.bytes, "{size}");
        let part = server.stranger().request("GET", &link(&desk, &sent.id()));
        let part = part.header("range", "bytes=1000-1999").send().expect(206);
        assert_eq!(part.bytes, file.bytes[1000..2000]);
    }
    let objects = bucket.objects();
    assert_eq!(objects.len(), 2);
    assert!(objects.keys().all(|it| it.starts_with("/files/kefu/")), "{:?}", objects.keys());
    assert_eq!(bucket.unfinished(), 0);
}

#[test]
fn a_bucket_that_fails_is_told_and_nothing_is_recorded() {
    let bucket = Bucket::start();
    let server = Server::start_with(on(&bucket));
    simple::publish(&server);
    let office = Office::open(&server);
    let case = simple::open(&office).id();
    let version = office.desk.case(&case).etag();
    let kept = send(&office.desk, &File::picture("a.png"), None).expect(201);
    let url = link(&office.desk, &kept.id());
    bucket.fail(true);
    let refused = send(&office.desk, &File::picture("b.png"), Some(&case)).refused(503);
    assert_eq!(refused["type"], "/problems/storage_unavailable");
    let _not_now = server.stranger().get(&url).refused(503);
    bucket.fail(false);
    assert!(of_case(&office.desk, &case).is_empty());
    assert_eq!(office.desk.case(&case).etag(), version);
    assert_eq!(bytes(&office.desk, &kept.id()), png(2_000));
    let _again = send(&office.desk, &File::picture("b.png"), Some(&case)).expect(201);
}

#[test]
fn a_directory_that_cannot_be_written_is_told_and_nothing_is_recorded() {
    let server = Server::start();
    let desk = server.user("front_desk", Scope::All);
    let dir = server.database().dir().join("attachments");
    std::fs::remove_dir(&dir).unwrap();
    std::fs::write(&dir, "a file where the directory should be").unwrap();
    let refused = send(&desk, &File::picture("a.png"), None).refused(503);
    assert_eq!(refused["type"], "/problems/storage_unavailable");
    assert!(desk.get("/v1/attachments").expect(200).items().is_empty());
    assert_eq!(server.database().count("select count(*) from attachments"), 0);
}

#[test]
fn what_nobody_gave_to_a_case_is_forgotten_after_a_day() {
    let server = Server::start();
    simple::publish(&server);
    let office = Office::open(&server);
    let (database, desk) = (server.database().clone(), &office.desk);
    let case = simple::open(&office).id();
    let kept = send(desk, &File::picture("kept.png"), Some(&case)).expect(201).id();
    let loose = send(desk, &File::picture("loose.png"), None).expect(201).id();
    let unwanted = send(desk, &File::picture("unwanted.png"), None).expect(201);
    let gone = desk.delete(&format!("/v1/attachments/{}", unwanted.id()), &unwanted.etag());
    assert_eq!(gone.status, 204);
    // An upload that a crash has cut short a while ago.
    let cut = "0123456789abcdef0123456789abcdef";
    let shelf = database.dir().join("attachments/ef");
    std::fs::create_dir_all(&shelf).unwrap();
    std::fs::write(shelf.join(format!("{cut}#1")), "half").unwrap();
    database.execute(&note(cut));
    server.set_clock(&plus(&server.now(), TimeDelta::hours(23)));
    assert_eq!(server.stop(), Some(0));

    // Swept at the start and every hour: what is a day old by then.
    let again = Server::start_on(&database, Options::default());
    let loose_path = format!("/v1/attachments/{loose}");
    until(|| database.count("select count(*) from loose_blobs") == 1);
    let _still_there = desk.at(&again).get(&loose_path).expect(200);
    again.set_clock(&plus(&again.now(), TimeDelta::hours(2)));
    assert_eq!(again.stop(), Some(0));

    let last = Server::start_on(&database, Options::default());
    let desk = desk.at(&last);
    until(|| desk.get(&loose_path).status == 404);
    until(|| files(&database.dir().join("attachments")).len() == 2);
    assert_eq!(bytes(&desk, &kept), png(2_000));
    assert_eq!(last.stop(), Some(0));
    let _whole = kefu(Some(&database), &["verify"]).succeeded();
}

/// Says that these bytes have been held by nothing since 1970.
fn note(id: &str) -> String {
    if kefu_tests::Database::is_postgres() {
        format!("insert into loose_blobs (id, since) values ('{id}', '1970-01-01T00:00:00Z')")
    } else {
        format!("insert into loose_blobs (id, since) values (x'{id}', 0)")
    }
}

#[test]
fn a_storage_that_is_none_is_told_at_the_start() {
    for wrong in ["ftp://host/files", "s3://", "/a/path"] {
        let outcome = kefu(None, &["serve", "--storage", wrong]).failed();
        assert!(outcome.stderr.contains("KEFU_STORAGE"), "{outcome:?}");
    }
}
