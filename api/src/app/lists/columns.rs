//! The columns that each list has as a table.

use kefu_domain::text::Lang;

use crate::params::ListName;
use crate::problem::Words;

/// A column.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Column {
    /// What programs call it.
    pub code: &'static str,
    /// What people call it.
    pub title: Words,
    /// The member of an item that it shows, `obligations/met` for one inside another …
    pub member: &'static str,
    /// … and what that is.
    pub kind: Kind,
}

/// What a column shows.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(crate) enum Kind {
    /// Text, as it is.
    Text,
    /// A number.
    Number,
    /// Yes or no.
    Flag,
    /// An instant.
    Instant,
    /// Texts, between semicolons.
    Texts,
    /// Anything, as JSON.
    Json,
    /// A text in the reader's language, of `{ zh, en }`.
    Words,
    /// The short name of the site whose id it is.
    Site,
    /// The name of the user whose id it is.
    Person,
    /// The name of the customer whose id it is.
    Customer,
    /// The code of the asset whose id it is.
    Asset,
}

const fn column(
    code: &'static str,
    zh: &'static str,
    en: &'static str,
    member: &'static str,
    kind: Kind,
) -> Column {
    Column { code, title: Words { zh, en }, member, kind }
}

macro_rules! columns {
    ($($code:literal $zh:literal $en:literal $kind:ident $($member:literal)?;)+) => {
        &[$(column($code, $zh, $en, columns!(@ $code $($member)?), Kind::$kind),)+]
    };
    (@ $code:literal) => { $code };
    (@ $code:literal $member:literal) => { $member };
}

const CASES: &[Column] = columns! {
    "number" "单号" "Number" Text;
    "procedure" "流程" "Procedure" Text;
    "kind" "类别" "Kind" Text;
    "state" "状态" "State" Text;
    "state_title" "状态名称" "State title" Text;
    "priority" "优先级" "Priority" Text;
    "channel" "渠道" "Channel" Text;
    "subject" "主题" "Subject" Text;
    "site" "管理处" "Site" Site "site_id";
    "customer" "客户" "Customer" Customer "customer_id";
    "asset" "资产" "Asset" Asset "asset_id";
    "owner" "首问负责人" "Owner" Person "owner_id";
    "assignee" "经办人" "Assignee" Person "assignee_id";
    "team" "班组" "Team" Text;
    "opened_at" "登记时间" "Opened" Instant;
    "due_at" "截止时间" "Due" Instant;
    "closed_at" "关闭时间" "Closed" Instant;
    "fields" "填报内容" "Fields" Json;
    "version" "版本" "Version" Number;
    "id" "标识" "ID" Text;
    "site_id" "管理处标识" "Site ID" Text;
    "customer_id" "客户标识" "Customer ID" Text;
    "asset_id" "资产标识" "Asset ID" Text;
    "parent_id" "上级单标识" "Parent ID" Text;
    "owner_id" "首问负责人标识" "Owner ID" Text;
    "assignee_id" "经办人标识" "Assignee ID" Text;
    "opened_by" "登记人标识" "Opened by (ID)" Text;
};

const CUSTOMERS: &[Column] = columns! {
    "id" "标识" "ID" Text;
    "name" "名称" "Name" Text;
    "kind" "类型" "Kind" Text;
    "phone" "电话" "Phone" Text;
    "email" "邮箱" "E-mail" Text;
    "address" "地址" "Address" Text;
    "site" "管理处" "Site" Site "site_id";
    "level" "等级" "Level" Text;
    "notes" "备注" "Notes" Text;
    "site_id" "管理处标识" "Site ID" Text;
    "version" "版本" "Version" Number;
    "created_at" "创建时间" "Created" Instant;
    "updated_at" "修改时间" "Changed" Instant;
};

const ASSETS: &[Column] = columns! {
    "id" "标识" "ID" Text;
    "kind" "类型" "Kind" Text;
    "code" "编码" "Code" Text;
    "name" "名称" "Name" Text;
    "customer" "客户" "Customer" Customer "customer_id";
    "site" "管理处" "Site" Site "site_id";
    "fields" "其他信息" "Fields" Json;
    "customer_id" "客户标识" "Customer ID" Text;
    "site_id" "管理处标识" "Site ID" Text;
    "version" "版本" "Version" Number;
    "created_at" "创建时间" "Created" Instant;
    "updated_at" "修改时间" "Changed" Instant;
};

const SITES: &[Column] = columns! {
    "id" "标识" "ID" Text;
    "code" "编码" "Code" Text;
    "name" "名称" "Name" Text;
    "packs" "规范包" "Packs" Texts;
    "calendar" "工作日历" "Calendar" Text;
    "figures" "自选数值" "Figures" Json;
    "version" "版本" "Version" Number;
    "created_at" "创建时间" "Created" Instant;
    "updated_at" "修改时间" "Changed" Instant;
};

const USERS: &[Column] = columns! {
    "id" "标识" "ID" Text;
    "username" "用户名" "User name" Text;
    "display_name" "姓名" "Name" Text;
    "email" "邮箱" "E-mail" Text;
    "phone" "电话" "Phone" Text;
    "team" "班组" "Team" Text;
    "active" "启用" "Active" Flag;
    "grants" "授权" "Grants" Json;
    "customer_id" "客户标识" "Customer ID" Text;
    "version" "版本" "Version" Number;
    "created_at" "创建时间" "Created" Instant;
    "updated_at" "修改时间" "Changed" Instant;
};

const ROLES: &[Column] = columns! {
    "code" "编码" "Code" Text;
    "title" "名称" "Title" Words;
    "permissions" "权限" "Permissions" Texts;
    "clauses" "条款" "Clauses" Texts;
    "version" "版本" "Version" Number;
};

const PROCEDURES: &[Column] = columns! {
    "code" "编码" "Code" Text;
    "title" "名称" "Title" Text;
    "kind" "类别" "Kind" Text;
    "version" "版本" "Version" Number;
    "opens" "登记权限" "Opened with" Texts;
    "clauses" "条款" "Clauses" Texts;
};

const CALENDARS: &[Column] = columns! {
    "code" "编码" "Code" Text;
    "title" "名称" "Title" Words;
    "time_zone" "时区" "Time zone" Text;
    "national" "法定节假日" "National holidays" Text;
    "week" "每周时段" "Week" Json;
    "makeup" "调休时段" "Make-up days" Json;
    "holidays" "节假日" "Holidays" Json;
    "overrides" "特定日期" "Overrides" Json;
    "version" "版本" "Version" Number;
};

const EVENTS: &[Column] = columns! {
    "position" "位置" "Position" Number;
    "id" "标识" "ID" Text;
    "type" "事件" "Event" Text;
    "aggregate" "对象" "Aggregate" Text;
    "aggregate_id" "对象标识" "Aggregate ID" Text;
    "sequence" "序号" "Sequence" Number;
    "actor" "操作人" "Actor" Person "actor_id";
    "actor_id" "操作人标识" "Actor ID" Text;
    "occurred_at" "时间" "Occurred" Instant;
    "data" "内容" "Data" Json;
};

const CLAUSES: &[Column] = columns! {
    "id" "条款" "Clause" Text;
    "text" "内容" "Text" Text;
    "area" "领域" "Area" Text;
    "source" "出处" "Source" Text;
    "figures" "数值" "Figures" Texts;
    "pack" "规范包" "Pack" Text;
    "status" "执行状态" "Status" Text;
    "awaits" "待建台账" "Awaits" Text;
    "enforced_by" "由谁执行" "Carried out by" Json;
};

const COMPLIANCE: &[Column] = columns! {
    "id" "条款" "Clause" Text;
    "text" "内容" "Text" Text;
    "area" "领域" "Area" Text;
    "pack" "规范包" "Pack" Text;
    "arisen" "应办" "Arisen" Number "obligations/arisen";
    "met" "按时" "Met" Number "obligations/met";
    "late" "逾期" "Late" Number "obligations/late";
    "open" "在办" "Open" Number "obligations/open";
    "rate" "按时率（%）" "Rate (%)" Text "obligations/rate";
    "by" "由谁执行" "Carried out by" Json;
};

const DUTIES: &[Column] = columns! {
    "code" "编码" "Code" Text;
    "title" "名称" "Title" Text;
    "pack" "规范包" "Pack" Text;
    "rule" "重复规则" "Rule" Text;
    "at" "时刻" "At" Text;
    "closed" "休息日" "On a closed day" Text;
    "calendar" "工作日历" "Calendar" Text;
    "times" "每日次数" "Times a day" Number;
    "unfixed" "不定时" "Unfixed" Flag;
    "open" "开立流程" "Opens" Text;
    "fields" "填报内容" "Fields" Json;
    "within" "时限" "Within" Text;
    "assign" "责任岗位" "Assigned to" Text;
    "clauses" "条款" "Clauses" Texts;
    "sites" "各处情况" "Sites" Json;
};

/// Every list with its columns.
pub(super) const COLUMNS: [(ListName, &[Column]); 12] = [
    (ListName::Cases, CASES),
    (ListName::Customers, CUSTOMERS),
    (ListName::Assets, ASSETS),
    (ListName::Sites, SITES),
    (ListName::Users, USERS),
    (ListName::Roles, ROLES),
    (ListName::Procedures, PROCEDURES),
    (ListName::Calendars, CALENDARS),
    (ListName::Events, EVENTS),
    (ListName::Clauses, CLAUSES),
    (ListName::Compliance, COMPLIANCE),
    (ListName::Duties, DUTIES),
];

/// The columns of a list.
pub(crate) fn columns_of(list: ListName) -> &'static [Column] {
    COLUMNS.iter().find(|it| it.0 == list).map(|it| it.1).unwrap_or_default()
}

/// The members of `fields` are columns as well, where a list has `fields`: `fields.grade`.
pub(in crate::app) const MEMBER: &str = "fields.";

impl Column {
    /// Its heading.
    pub(crate) fn heading(&self, lang: Lang) -> &'static str {
        self.title.get(lang)
    }
}
