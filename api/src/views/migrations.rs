//! What became of cases that were to move to another version of their procedure.

use serde::Serialize;
use utoipa::ToSchema;
use uuid::Uuid;

/// What became of a case: `movable` it would move, `moved` it has, `blocked` it stays.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum MigrationStatus {
    /// It would move.
    Movable,
    /// It has moved.
    Moved,
    /// It stays.
    Blocked,
}

/// What became of the cases of one request.
#[derive(Debug, Clone, Serialize, ToSchema)]
#[schema(example = json!({
    "procedure": "complaint", "to_version": 2, "dry_run": true, "movable": 1, "blocked": 1,
    "items": [
        {
            "case_id": "0199c3f2-a7b1-7c3e-8d5a-0f6f2b9d4e11", "number": "TS-20261122-000184",
            "from_version": 1, "state": "investigating", "to_state": "checking",
            "status": "movable", "obstacles": [],
        },
        {
            "case_id": "0199c3f2-a7b1-7c3e-8d5a-0f6f2b9d4e12", "number": "TS-20261122-000185",
            "from_version": 1, "state": "answered", "to_state": "answered", "status": "blocked",
            "obstacles": [{ "code": "unknown_state", "detail": "新版本没有状态 `answered`" }],
        },
    ],
    "next_after": null,
}))]
pub struct MigrationReport {
    /// The procedure.
    pub procedure: String,
    /// The version they move to.
    pub to_version: u32,
    /// Whether nothing was done.
    pub dry_run: bool,
    /// How many of them would move, or have.
    pub movable: usize,
    /// How many stay.
    pub blocked: usize,
    /// Each of them.
    pub items: Vec<MigrationItem>,
    /// Where to go on; nothing if these were the last.
    #[schema(required)]
    pub next_after: Option<Uuid>,
}

/// What became of one case.
#[derive(Debug, Clone, Serialize, ToSchema)]
pub struct MigrationItem {
    /// The case.
    pub case_id: Uuid,
    /// What people call it.
    pub number: String,
    /// The version it followed.
    pub from_version: u32,
    /// The state it was in.
    pub state: String,
    /// The state it would be in, or is.
    pub to_state: String,
    /// What became of it.
    pub status: MigrationStatus,
    /// What stands in its way.
    pub obstacles: Vec<ObstacleView>,
}

/// Why a case stays with its version.
#[derive(Debug, Clone, Serialize, ToSchema)]
pub struct ObstacleView {
    /// A stable word for programs.
    pub code: String,
    /// What stands in the way, in the caller's language.
    pub detail: String,
}
