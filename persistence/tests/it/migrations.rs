use crate::database::{on_each, on_each_empty};
use diesel::prelude::*;
use diesel::sql_types::Text;
use kefu_persistence::{Conn, Options, StoreError, migrate};

#[derive(QueryableByName)]
struct Line {
    #[diesel(sql_type = Text)]
    line: String,
}

/// Every table, column and index, a line each.
fn dump(conn: &mut Conn) -> Vec<String> {
    let lines: Vec<Line> = match conn {
        Conn::Sqlite(c, _) => diesel::sql_query(
            "SELECT type || ' ' || name || ' ' || coalesce(sql, '') AS line FROM sqlite_schema \
             WHERE name NOT LIKE '%diesel%' ORDER BY 1",
        )
        .load(c),
        Conn::Pg(c, _) => diesel::sql_query(
            "SELECT table_name || '.' || column_name || ' ' || data_type || ' ' || is_nullable AS line \
             FROM information_schema.columns \
             WHERE table_schema = current_schema() AND table_name NOT LIKE '%diesel%' \
             UNION ALL SELECT indexdef FROM pg_indexes \
             WHERE schemaname = current_schema() AND tablename NOT LIKE '%diesel%' ORDER BY 1",
        )
        .load(c),
    }
    .unwrap();
    lines.into_iter().map(|line| line.line).collect()
}

/// `table.column nullable` of what is really there.
fn columns(conn: &mut Conn) -> Vec<String> {
    let lines: Vec<Line> = match conn {
        Conn::Sqlite(c, _) => diesel::sql_query(
            "SELECT t.name || '.' || c.name || \
               CASE WHEN c.\"notnull\" OR c.pk THEN '' ELSE ' null' END AS line \
             FROM pragma_table_list t JOIN pragma_table_info(t.name) c \
             WHERE t.type = 'table' AND t.schema = 'main' AND t.name NOT LIKE '%diesel%' \
               AND t.name NOT LIKE 'sqlite_%' ORDER BY 1",
        )
        .load(c),
        Conn::Pg(c, _) => diesel::sql_query(
            "SELECT table_name || '.' || column_name || \
               CASE is_nullable WHEN 'NO' THEN '' ELSE ' null' END AS line \
             FROM information_schema.columns \
             WHERE table_schema = current_schema() AND table_name NOT LIKE '%diesel%' \
               AND table_name <> 'case_search' ORDER BY 1",
        )
        .load(c),
    }
    .unwrap();
    let mut lines: Vec<String> = lines.into_iter().map(|line| line.line).collect();
    lines.sort();
    lines
}

/// The same of `schema.rs`, read as text: the macro leaves nothing to ask.
fn declared() -> Vec<String> {
    let mut columns = Vec::new();
    let (mut table, mut renamed) = (String::new(), None);
    for line in include_str!("../../src/schema.rs").lines().map(str::trim) {
        if let Some((name, _)) = line.split_once(" (")
            && line.ends_with('{')
        {
            name.clone_into(&mut table);
        } else if let Some(name) = line.strip_prefix("#[sql_name = \"") {
            renamed = Some(name.trim_end_matches("\"]").to_owned());
        } else if let Some((name, kind)) = line.split_once(" -> ") {
            let name = renamed.take().unwrap_or_else(|| name.to_owned());
            let null = if kind.starts_with("Nullable") { " null" } else { "" };
            columns.push(format!("{table}.{name}{null}"));
        }
    }
    columns.sort();
    columns
}

#[test]
fn up_down_and_up_again_gives_the_same_schema() {
    on_each_empty(&Options::default(), |database| {
        let mut conn = database.store.connect().unwrap();
        let steps = migrate::pending(&mut conn).unwrap();
        assert_eq!(steps.first().map(String::as_str), Some("0001_init"));
        assert_eq!(migrate::up(&mut conn).unwrap(), steps);
        let first = dump(&mut conn);
        assert!(first.len() > 30, "{first:?}");
        assert_eq!(migrate::up(&mut conn).unwrap(), Vec::<String>::new());
        for step in steps.iter().rev() {
            migrate::down(&mut conn).unwrap();
            assert!(migrate::pending(&mut conn).unwrap().contains(step), "{step} is taken back");
        }
        assert_eq!(dump(&mut conn), Vec::<String>::new());
        migrate::up(&mut conn).unwrap();
        assert_eq!(dump(&mut conn), first);
    });
}

#[test]
fn both_databases_have_the_tables_and_columns_of_the_schema() {
    on_each(|database| {
        let mut conn = database.store.connect().unwrap();
        assert_eq!(columns(&mut conn), declared());
    });
}

#[test]
fn a_newer_schema_is_refused() {
    on_each(|database| {
        let mut conn = database.store.connect().unwrap();
        conn.batch("INSERT INTO __diesel_schema_migrations (version) VALUES ('9999')").unwrap();
        let error = migrate::up(&mut conn).unwrap_err();
        assert!(matches!(&error, StoreError::Migration(why) if why.contains("9999")), "{error}");
        assert!(matches!(migrate::pending(&mut conn), Err(StoreError::Migration(_))));
    });
}

#[test]
fn nodes_that_start_together_migrate_once() {
    on_each_empty(&Options::default(), |database| {
        let steps = migrate::pending(&mut database.store.connect().unwrap()).unwrap().len();
        let applied: usize = std::thread::scope(|scope| {
            let nodes: Vec<_> =
                (0..4).map(|_| scope.spawn(|| database.store.migrate().unwrap().len())).collect();
            nodes.into_iter().map(|node| node.join().unwrap()).sum()
        });
        assert_eq!(applied, steps);
    });
}
