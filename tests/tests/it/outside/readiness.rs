//! `/readyz` tells what is not ready.

use kefu_tests::Server;
use serde_json::json;

use super::server_with;

#[test]
fn a_full_disk_is_named() {
    let server = server_with(&[("KEFU_LEAST_DISK_MB", "99999999999")]);
    let refused = server.stranger().get("/readyz").refused(503);
    assert_eq!(refused.pointers(), ["/disk"], "{refused}");
    assert_eq!(
        (&refused["type"], &refused["retry_after"]),
        (&json!("/problems/not_ready"), &json!(1))
    );
    let _alive = server.stranger().get("/healthz").expect(200);
    let _serves = server.admin().get("/v1/me").expect(200);
}

#[test]
fn a_schema_that_lacks_a_step_and_a_database_without_tables_are_named() {
    let server = Server::start();
    let (stranger, database) = (server.stranger(), server.database());
    let _ready = stranger.get("/readyz").expect(200);
    database.execute("CREATE TABLE kept AS SELECT * FROM __diesel_schema_migrations");
    database.execute("DELETE FROM __diesel_schema_migrations");
    assert_eq!(stranger.get("/readyz").refused(503).pointers(), ["/migrations"]);
    database.execute("INSERT INTO __diesel_schema_migrations SELECT * FROM kept");
    let _ready_again = stranger.get("/readyz").expect(200);
    database.execute("ALTER TABLE settings RENAME TO hidden");
    assert_eq!(stranger.get("/readyz").refused(503).pointers(), ["/database"]);
    database.execute("ALTER TABLE hidden RENAME TO settings");
    database.execute("DROP TABLE kept");
    let _ready_again = stranger.get("/readyz").expect(200);
}
