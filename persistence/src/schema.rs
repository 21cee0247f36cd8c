//! Every table, once for both databases. A test compares it with what the migrations make.

diesel::table! {
    use crate::types::sql::{Json};
    use diesel::sql_types::{Text};

    settings (key) {
        key -> Text,
        value -> Json,
    }
}

diesel::table! {
    use diesel::sql_types::{BigInt, Text};

    numbers (key) {
        key -> Text,
        last -> BigInt,
    }
}

diesel::table! {
    use crate::types::sql::{Id, Ts};
    use diesel::sql_types::{BigInt, Binary, Integer, Nullable, Text};

    events (position) {
        position -> BigInt,
        aggregate -> Text,
        aggregate_id -> Id,
        sequence -> Integer,
        #[sql_name = "type"]
        kind -> Text,
        actor_id -> Nullable<Id>,
        occurred_at -> Ts,
        data -> Text,
        prev_hash -> Binary,
        hash -> Binary,
    }
}

diesel::table! {
    use crate::types::sql::{Id, Json, Ts};
    use diesel::sql_types::{Text};

    timers (subject_id, kind, code) {
        kind -> Text,
        subject_id -> Id,
        code -> Text,
        due_at -> Ts,
        data -> Json,
    }
}

diesel::table! {
    use crate::types::sql::{Id, Json, Ts};
    use diesel::sql_types::{BigInt, Binary, Integer, Nullable, Text};

    cases (seq) {
        seq -> BigInt,
        id -> Id,
        number -> Text,
        procedure -> Text,
        procedure_version -> Integer,
        kind -> Text,
        state -> Text,
        priority -> Text,
        channel -> Text,
        subject -> Text,
        fields -> Json,
        site_id -> Nullable<Id>,
        customer_id -> Nullable<Id>,
        asset_id -> Nullable<Id>,
        parent_id -> Nullable<Id>,
        owner_id -> Nullable<Id>,
        assignee_id -> Nullable<Id>,
        transfer_to -> Nullable<Id>,
        opened_by -> Nullable<Id>,
        team -> Nullable<Text>,
        opened_at -> Ts,
        due_at -> Ts,
        closed_at -> Nullable<Ts>,
        extra -> Json,
        version -> Integer,
        last_hash -> Binary,
    }
}

diesel::table! {
    use crate::types::sql::{Id, Ts};
    use diesel::sql_types::{Integer, Nullable, Text};

    clocks (case_id, code, run) {
        case_id -> Id,
        code -> Text,
        run -> Integer,
        state -> Text,
        calendar -> Text,
        calendar_version -> Integer,
        started_at -> Ts,
        due_at -> Ts,
        breached_at -> Nullable<Ts>,
        stopped_at -> Nullable<Ts>,
    }
}

diesel::table! {
    use crate::types::sql::{Id, Json, Ts};
    use diesel::sql_types::{Integer, Nullable, Text};

    procedures (code, version) {
        code -> Text,
        version -> Integer,
        document -> Json,
        source -> Text,
        published_at -> Ts,
        published_by -> Nullable<Id>,
    }
}

diesel::table! {
    use crate::types::sql::{Id, Json, Ts};
    use diesel::sql_types::{Integer, Nullable, Text};

    calendars (code, version) {
        code -> Text,
        version -> Integer,
        document -> Json,
        source -> Text,
        published_at -> Ts,
        published_by -> Nullable<Id>,
    }
}

diesel::table! {
    use crate::types::sql::{Id, Json, Ts};
    use diesel::sql_types::{Integer, Nullable, Text};

    sites (id) {
        id -> Id,
        code -> Text,
        name -> Text,
        packs -> Json,
        calendar -> Text,
        figures -> Json,
        version -> Integer,
        created_at -> Ts,
        updated_at -> Ts,
        deleted_at -> Nullable<Ts>,
    }
}

diesel::table! {
    use crate::types::sql::{Id, Ts};
    use diesel::sql_types::{Integer, Nullable, Text};

    customers (id) {
        id -> Id,
        name -> Text,
        kind -> Text,
        phone -> Nullable<Text>,
        email -> Nullable<Text>,
        address -> Nullable<Text>,
        site_id -> Nullable<Id>,
        level -> Nullable<Text>,
        notes -> Nullable<Text>,
        version -> Integer,
        created_at -> Ts,
        updated_at -> Ts,
        deleted_at -> Nullable<Ts>,
    }
}

diesel::table! {
    use crate::types::sql::{Id, Json, Ts};
    use diesel::sql_types::{Integer, Nullable, Text};

    assets (id) {
        id -> Id,
        kind -> Text,
        code -> Text,
        name -> Text,
        customer_id -> Nullable<Id>,
        site_id -> Nullable<Id>,
        fields -> Json,
        version -> Integer,
        created_at -> Ts,
        updated_at -> Ts,
        deleted_at -> Nullable<Ts>,
    }
}

diesel::table! {
    use crate::types::sql::{Id, Json, Ts};
    use diesel::sql_types::{Bool, Integer, Nullable, Text};

    users (id) {
        id -> Id,
        username -> Text,
        username_key -> Text,
        password_hash -> Text,
        display_name -> Text,
        email -> Nullable<Text>,
        phone -> Nullable<Text>,
        team -> Nullable<Text>,
        customer_id -> Nullable<Id>,
        active -> Bool,
        grants -> Json,
        version -> Integer,
        created_at -> Ts,
        updated_at -> Ts,
        deleted_at -> Nullable<Ts>,
    }
}

diesel::table! {
    use crate::types::sql::{Json, Ts};
    use diesel::sql_types::{Integer, Nullable, Text};

    roles (code) {
        code -> Text,
        title -> Json,
        permissions -> Json,
        clauses -> Json,
        version -> Integer,
        created_at -> Ts,
        updated_at -> Ts,
        deleted_at -> Nullable<Ts>,
    }
}

diesel::table! {
    use crate::types::sql::{Id, Json, Ts};
    use diesel::sql_types::{Integer, Nullable, Text};

    views (id) {
        id -> Id,
        resource -> Text,
        name -> Text,
        owner_id -> Id,
        shared -> Text,
        role -> Nullable<Text>,
        site_id -> Nullable<Id>,
        filters -> Json,
        sort -> Nullable<Text>,
        #[sql_name = "columns"]
        shown -> Json,
        version -> Integer,
        created_at -> Ts,
        updated_at -> Ts,
        deleted_at -> Nullable<Ts>,
    }
}

diesel::table! {
    use crate::types::sql::{Id, Ts};
    use diesel::sql_types::{Binary, Nullable};

    refresh_tokens (id) {
        id -> Id,
        family_id -> Id,
        user_id -> Id,
        token_hash -> Binary,
        issued_at -> Ts,
        expires_at -> Ts,
        used_at -> Nullable<Ts>,
        revoked_at -> Nullable<Ts>,
    }
}

diesel::table! {
    use crate::types::sql::{Ts};
    use diesel::sql_types::{Integer, Nullable, Text};

    login_attempts (key) {
        key -> Text,
        failures -> Integer,
        last_at -> Ts,
        blocked_until -> Nullable<Ts>,
    }
}

diesel::table! {
    use crate::types::sql::{Id, Json, Ts};
    use diesel::sql_types::{Binary, Integer, Text};

    idempotency (caller_id, key) {
        caller_id -> Id,
        key -> Text,
        fingerprint -> Binary,
        status -> Integer,
        headers -> Json,
        body -> Text,
        created_at -> Ts,
    }
}

diesel::table! {
    use crate::types::sql::{Id, Json, Ts};
    use diesel::sql_types::{Nullable, Text};

    notifications (id) {
        id -> Id,
        user_id -> Id,
        case_id -> Nullable<Id>,
        #[sql_name = "type"]
        kind -> Text,
        data -> Json,
        created_at -> Ts,
        read_at -> Nullable<Ts>,
    }
}

diesel::table! {
    use crate::types::sql::{Ts};
    use diesel::sql_types::{Binary, Nullable, Text};

    signing_keys (kid) {
        kid -> Text,
        private_key -> Binary,
        signs_from -> Ts,
        accepted_until -> Nullable<Ts>,
    }
}

diesel::table! {
    use crate::types::sql::{Id, Ts};
    use diesel::sql_types::{Nullable, Text};

    sessions (id) {
        id -> Id,
        user_id -> Id,
        method -> Text,
        address -> Text,
        user_agent -> Nullable<Text>,
        created_at -> Ts,
        last_used_at -> Ts,
        expires_at -> Ts,
        ended_at -> Nullable<Ts>,
    }
}

diesel::table! {
    use crate::types::sql::{Id, Json, Ts};
    use diesel::sql_types::{Binary, Integer, Nullable, Text};

    api_keys (id) {
        id -> Id,
        user_id -> Id,
        name -> Nullable<Text>,
        hint -> Text,
        secret_hash -> Binary,
        permissions -> Json,
        scope -> Text,
        site_id -> Nullable<Id>,
        expires_at -> Ts,
        last_used_at -> Nullable<Ts>,
        version -> Integer,
        created_at -> Ts,
        updated_at -> Ts,
        deleted_at -> Nullable<Ts>,
    }
}

diesel::table! {
    use crate::types::sql::{Id, Ts};
    use diesel::sql_types::{Text};

    identities (issuer, subject) {
        issuer -> Text,
        subject -> Text,
        user_id -> Id,
        created_at -> Ts,
    }
}

diesel::table! {
    use crate::types::sql::{Ts};
    use diesel::sql_types::{Binary, Nullable, Text};

    oidc_starts (state_hash) {
        state_hash -> Binary,
        browser_hash -> Nullable<Binary>,
        nonce -> Text,
        verifier -> Text,
        created_at -> Ts,
    }
}

diesel::table! {
    use crate::types::sql::{Id, Json, Ts};
    use diesel::sql_types::{Binary, Bool, Integer, Nullable, Text};

    webhooks (id) {
        id -> Id,
        url -> Text,
        description -> Nullable<Text>,
        types -> Json,
        ordered -> Bool,
        enabled -> Bool,
        site_id -> Nullable<Id>,
        owner_id -> Id,
        limits -> Nullable<Json>,
        disabled_reason -> Nullable<Text>,
        disabled_at -> Nullable<Ts>,
        secret -> Binary,
        old_secret -> Nullable<Binary>,
        old_secret_until -> Nullable<Ts>,
        secret_rotated_at -> Nullable<Ts>,
        version -> Integer,
        created_at -> Ts,
        updated_at -> Ts,
        deleted_at -> Nullable<Ts>,
    }
}

diesel::table! {
    use crate::types::sql::{Id};
    use diesel::sql_types::{BigInt};

    webhook_cursors (webhook_id) {
        webhook_id -> Id,
        position -> BigInt,
    }
}

diesel::table! {
    use crate::types::sql::{Id, Ts};
    use diesel::sql_types::{BigInt, Integer, Nullable, Text};

    webhook_deliveries (id) {
        id -> Id,
        webhook_id -> Id,
        position -> BigInt,
        #[sql_name = "type"]
        kind -> Text,
        aggregate -> Text,
        aggregate_id -> Id,
        event_id -> Nullable<Id>,
        state -> Text,
        attempts -> Integer,
        tries -> Integer,
        next_at -> Ts,
        leased_until -> Ts,
        last_status -> Nullable<Integer>,
        last_error -> Nullable<Text>,
        created_at -> Ts,
        finished_at -> Nullable<Ts>,
        version -> Integer,
    }
}

diesel::table! {
    use crate::types::sql::{Id, Ts};
    use diesel::sql_types::{Integer, Nullable, Text};

    webhook_attempts (delivery_id, number) {
        delivery_id -> Id,
        number -> Integer,
        started_at -> Ts,
        duration_ms -> Integer,
        status -> Nullable<Integer>,
        error -> Nullable<Text>,
        body -> Nullable<Text>,
    }
}

diesel::table! {
    use crate::types::sql::{Id, Ts};
    use diesel::sql_types::{BigInt, Integer, Nullable, Text};

    attachments (id) {
        id -> Id,
        case_id -> Nullable<Id>,
        name -> Text,
        media_type -> Text,
        size -> BigInt,
        sha256 -> Text,
        uploaded_by -> Id,
        version -> Integer,
        created_at -> Ts,
        updated_at -> Ts,
        deleted_at -> Nullable<Ts>,
    }
}

diesel::table! {
    use crate::types::sql::{Id, Ts};

    loose_blobs (id) {
        id -> Id,
        since -> Ts,
    }
}

diesel::table! {
    use crate::types::sql::Id;
    use diesel::sql_types::Text;

    holds (hold, site_id, value) {
        hold -> Text,
        site_id -> Id,
        value -> Text,
        case_id -> Id,
    }
}

diesel::table! {
    use crate::types::sql::Id;

    case_helpers (user_id, case_id) {
        user_id -> Id,
        case_id -> Id,
    }
}

diesel::table! {
    use crate::types::sql::{Id, Ts};
    use diesel::sql_types::{Integer, Nullable, Text};

    duties (id) {
        id -> Id,
        duty -> Text,
        site_id -> Id,
        pattern -> Text,
        since -> Ts,
        done_date -> Nullable<Text>,
        done_turn -> Nullable<Integer>,
        next_at -> Nullable<Ts>,
        paused_at -> Nullable<Ts>,
        paused_by -> Nullable<Id>,
        paused_why -> Nullable<Text>,
        version -> Integer,
    }
}

diesel::table! {
    use crate::types::sql::{Id, Ts};
    use diesel::sql_types::{Integer, Nullable, Text};

    duty_occurrences (id) {
        id -> Id,
        duty -> Text,
        site_id -> Id,
        occurs_at -> Ts,
        n -> Integer,
        due_at -> Ts,
        clock -> Nullable<Text>,
        case_id -> Nullable<Id>,
        created_at -> Ts,
    }
}

diesel::allow_tables_to_appear_in_same_query!(cases, case_helpers);
diesel::allow_tables_to_appear_in_same_query!(cases, events);
