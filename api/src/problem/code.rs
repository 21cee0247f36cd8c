//! The one table of problems: what clients branch on, the status, and the words for people.
//! `docs/problems.md` is rendered from it, and `GET /problems/{code}` explains each.

use kefu_domain::text::Lang;

/// A row of the table.
#[derive(Clone, Copy, Debug)]
pub struct Entry {
    /// The last segment of the problem's `type`.
    pub code: &'static str,
    /// The HTTP status.
    pub status: u16,
    /// A short name.
    pub title: Words,
    /// What it means and what to do about it.
    pub explanation: Words,
}

/// Fixed words in both languages.
#[derive(Clone, Copy, Debug)]
pub struct Words {
    /// Chinese.
    pub zh: &'static str,
    /// English.
    pub en: &'static str,
}

impl Words {
    /// The words in `lang`.
    pub fn get(self, lang: Lang) -> &'static str {
        match lang {
            Lang::Zh => self.zh,
            Lang::En => self.en,
        }
    }
}

macro_rules! problems {
    ($($(#[doc = $doc:literal])* $name:ident: $status:literal $code:literal,
        $zh:literal, $en:literal, $why_zh:literal, $why_en:literal;)+) => {
        /// What can be wrong, as clients see it.
        #[derive(Clone, Copy, PartialEq, Eq, Hash, Debug)]
        pub enum Code { $($(#[doc = $doc])* $name,)+ }

        impl Code {
            /// Every problem there is, in the order of the table.
            pub const ALL: &[Self] = &[$(Self::$name,)+];

            /// Its row in the table.
            pub fn entry(self) -> Entry {
                match self {
                    $(Self::$name => Entry {
                        code: $code,
                        status: $status,
                        title: Words { zh: $zh, en: $en },
                        explanation: Words { zh: $why_zh, en: $why_en },
                    },)+
                }
            }
        }
    };
}

problems! {
    /// The body is not JSON.
    Unreadable: 400 "unreadable", "无法读取请求", "The request cannot be read",
        "请求体不是合法的 JSON（UTF-8）。detail 指出第几行第几列。",
        "The body is not JSON in UTF-8. `detail` says at which line and column.";
    /// No token.
    Unauthenticated: 401 "unauthenticated", "请先登录", "Sign in first",
        "该接口需要访问令牌：Authorization: Bearer <access_token>，由 POST /v1/auth/token 取得。",
        "This operation needs an access token: `Authorization: Bearer <access_token>`, given by `POST /v1/auth/token`.";
    /// A token that is none of ours, or of somebody who may no longer sign in.
    InvalidToken: 401 "invalid_token", "令牌无效", "The token is not valid",
        "令牌不是本系统签发、已被篡改，或其用户已停用。请重新登录。",
        "The token was not issued here, was altered, or belongs to somebody who may no longer sign in. Sign in again.";
    /// A token whose time is over.
    ExpiredToken: 401 "expired_token", "令牌已过期", "The token has expired",
        "访问令牌有效期很短。请用 POST /v1/auth/refresh 换取新的令牌。",
        "Access tokens live shortly. Get another with `POST /v1/auth/refresh`.";
    /// A wrong user name or password.
    BadCredentials: 401 "bad_credentials", "用户名或密码不正确", "Wrong user name or password",
        "用户名或密码不正确，或该用户已停用。多次失败后会要求等待。",
        "The user name or the password is wrong, or the user is not active. After several failures one has to wait.";
    /// A refresh token that is unknown, used or revoked.
    BadRefreshToken: 401 "bad_refresh_token", "刷新令牌无效", "The refresh token is not valid",
        "刷新令牌只能使用一次。重复使用会使同一次登录的全部刷新令牌失效，请重新登录。",
        "A refresh token can be used once. Using one again revokes all that came from the same sign-in. Sign in again.";
    /// A sign-in that was ended.
    EndedSession: 401 "session_ended", "登录已结束", "The sign-in has ended",
        "本次登录已退出或被撤销，请重新登录。",
        "This sign-in was signed out or revoked. Sign in again.";
    /// An API key that is unknown, revoked or too old.
    BadApiKey: 401 "bad_api_key", "API 密钥无效", "The API key is not valid",
        "该 API 密钥不存在、已撤销、已过期，或其用户已停用。",
        "The API key does not exist, was revoked, has expired, or belongs to somebody who may no longer sign in.";
    /// A sign-in comes back that was not sent.
    BadState: 401 "bad_sign_in_state", "登录请求无效或已使用", "The sign-in is unknown or was used",
        "统一身份认证返回的 state 未知、已使用、已过期，或来自另一个浏览器。请重新发起登录。",
        "The `state` from the identity provider is unknown, was used, is too old, or belongs to another browser. Start again.";
    /// The provider does not say that this is somebody.
    ProviderRefused: 401 "provider_refused", "统一身份认证未通过", "The identity provider did not confirm it",
        "身份提供方拒绝了登录，或其身份令牌未通过校验。请重新发起登录。",
        "The identity provider refused, or its identity token did not pass the checks. Start again.";
    /// The provider says who it is, and that is nobody here.
    UnknownIdentity: 401 "unknown_identity", "本系统没有此用户", "Not a user here",
        "身份提供方已确认您的身份，但本系统没有对应的可用用户。请联系管理员。",
        "The identity provider knows you, but you are no active user here. Ask an administrator.";
    /// Known, but not allowed.
    Forbidden: 403 "forbidden", "没有权限", "Not allowed",
        "您的角色没有 needs_permission 所列的权限，或权限范围不含此处。",
        "None of your roles gives the permission named in `needs_permission`, or not here.";
    /// A link that is not good, or no longer.
    LinkRefused: 403 "link_refused", "链接无效或已过期", "The link is not good, or no longer",
        "下载链接只在几分钟内有效，且不能改动。请用 POST /v1/attachments/{id}/link 重新取得。",
        "Download links live a few minutes and cannot be altered. Get another with `POST /v1/attachments/{id}/link`.";
    /// An API key does what only somebody who has signed in may do.
    NeedsSignIn: 403 "needs_sign_in", "须登录后操作", "Only for somebody who has signed in",
        "API 密钥不能管理密钥、登录会话和密码，请用户本人登录后操作。",
        "API keys do not keep keys, sign-ins and passwords; sign in to do so.";
    /// A page from an origin that was not configured.
    Origin: 403 "origin_not_allowed", "不允许该来源", "The origin is not allowed",
        "该网页来源不在 KEFU_CORS_ORIGINS 中，或其请求方法、请求头不被允许。",
        "The page's origin is not in `KEFU_CORS_ORIGINS`, or its method or headers are not allowed.";
    /// Not there, or not the caller's to know of.
    NotFound: 404 "not_found", "未找到", "Not found",
        "该资源不存在，或不在您可见的范围内。",
        "There is no such thing, or it is not yours to know of.";
    /// No such address.
    NoRoute: 404 "no_route", "没有这个地址", "No such address",
        "接口地址不存在。全部接口见 /openapi.json 与 /docs。",
        "The API has no such address. All of them are in `/openapi.json` and at `/docs`.";
    /// An action that the case's procedure does not have.
    UnknownAction: 404 "unknown_action", "没有该操作", "No such action",
        "该服务单所属流程没有此操作。allowed_actions 列出您现在可以执行的操作。",
        "The case's procedure has no such action. `allowed_actions` lists those open to you now.";
    /// The address has other methods.
    MethodNotAllowed: 405 "method_not_allowed", "不支持该方法", "Method not allowed",
        "该地址不支持此 HTTP 方法，支持的方法见 Allow 头。",
        "The address does not know this HTTP method; the header `Allow` lists those it knows.";
    /// The body took too long to arrive.
    TooSlow: 408 "too_slow", "请求接收超时", "The request took too long",
        "请求体未在规定时间内发送完毕。",
        "The body did not arrive in time.";
    /// An action that the case's state does not offer.
    ActionNotOpen: 409 "action_not_open", "当前状态不能执行该操作", "The action is not open now",
        "服务单当前状态不能执行该操作。allowed_actions 列出您现在可以执行的操作。",
        "The case's state does not offer this action. `allowed_actions` lists those open to you now.";
    /// There is one of it, and another case has it.
    AlreadyHeld: 409 "already_held", "已被占用", "Another case has it",
        "换一个，或等另一张服务单归还后再试。",
        "Choose another one, or wait until the other case gives it back.";
    /// A rule of the regulations forbids it.
    RuleRefused: 409 "rule_refused", "规范不允许", "A rule forbids it",
        "业务规则不允许此操作，clause 给出所依据的条款。",
        "A rule of the regulations forbids it; `clause` names the clause it comes from.";
    /// A deadline cannot be computed.
    NoDeadline: 409 "no_deadline", "无法计算截止时间", "No deadline can be computed",
        "时限所用的工作日历不存在或不再开放，请先修正日历。",
        "The calendar that counts the deadline is missing or never opens again. Mend the calendar first.";
    /// Something of that name is there already.
    Duplicate: 409 "duplicate", "已存在", "Already there",
        "相同编码或名称的记录已经存在，errors 指出是哪一项。",
        "Something with the same code or name exists; `errors` says which member.";
    /// Something else still needs it.
    InUse: 409 "in_use", "仍在使用", "Still in use",
        "其他记录仍在使用它，不能删除或停用。",
        "Something else still uses it, so it cannot go.";
    /// Nothing is sent to a webhook that is disabled.
    WebhookDisabled: 409 "webhook_disabled", "推送订阅已停用", "The webhook is disabled",
        "该推送订阅已停用，不会发送任何内容。请先启用。",
        "Nothing is sent to a webhook that is disabled. Enable it first.";
    /// The first request with this key has not finished.
    StillRunning: 409 "still_running", "同一请求仍在处理", "The same request is still running",
        "带有相同 Idempotency-Key 的请求仍在处理，请稍候重试。",
        "A request with the same `Idempotency-Key` has not finished. Try again shortly.";
    /// Someone else changed it.
    Stale: 412 "stale", "内容已被他人修改", "Someone else changed it",
        "If-Match 与当前版本不一致。请重新读取后再提交。",
        "`If-Match` does not name the current version. Read it again, then decide again.";
    /// The body is too large.
    TooLarge: 413 "too_large", "请求体过大", "The body is too large",
        "请求体超过上限。",
        "The body is larger than the limit.";
    /// The body is not of a media type this operation takes.
    UnsupportedMediaType: 415 "unsupported_media_type", "不支持的内容类型", "Unsupported media type",
        "请求体的 Content-Type 不是该接口接受的类型（通常为 application/json）。",
        "The body's `Content-Type` is not one this operation takes (usually `application/json`).";
    /// A range of bytes that a file does not have.
    NoSuchRange: 416 "no_such_range", "没有所请求的字节范围", "There are no such bytes",
        "Range 所指的字节不在文件之内，Content-Range 给出文件的长度。",
        "The `Range` lies outside the file; `Content-Range` tells how long it is.";
    /// Readable, but senseless.
    Invalid: 422 "invalid", "内容不符合要求", "The content is not acceptable",
        "请求可以读取，但内容不符合要求。errors 一次列出全部问题：pointer 指出位置，code 供程序判断。",
        "The request can be read but makes no sense. `errors` lists every fault at once: `pointer` says where, `code` is for programs.";
    /// All or nothing, and something was refused.
    BulkRefused: 422 "bulk_refused", "批量请求未执行", "Nothing of the bulk request was done",
        "要求全部成功或全部不做（atomic），而其中有被拒绝的项。items 列出每一项被拒绝的原因。",
        "All or nothing was asked for (`atomic`), and some items were refused. `items` lists the refusal of each.";
    /// The key was used with another request.
    KeyReused: 422 "idempotency_key_reused", "幂等键已用于其他请求", "The idempotency key was used otherwise",
        "同一个 Idempotency-Key 只能用于同一个请求（方法、地址、内容都相同）。",
        "One `Idempotency-Key` stands for one request: same method, address and body.";
    /// `If-Match` is missing.
    PreconditionRequired: 428 "precondition_required", "缺少 If-Match", "If-Match is missing",
        "修改、删除和操作必须带 If-Match，值为最近一次读取所得的 ETag。",
        "Changes, deletions and actions must say `If-Match` with the `ETag` last read.";
    /// Too many requests.
    TooManyRequests: 429 "too_many_requests", "请求过于频繁", "Too many requests",
        "超过每分钟请求上限，请在 Retry-After 所示秒数之后重试。",
        "More requests than the limit allows. Try again after the seconds in `Retry-After`.";
    /// Too many failed sign-ins.
    SignInDelayed: 429 "sign_in_delayed", "登录失败次数过多", "Too many failed sign-ins",
        "该账号或该地址登录失败次数过多，请在 Retry-After 所示秒数之后重试。",
        "This account or address failed too often. Try again after the seconds in `Retry-After`.";
    /// Our fault.
    Internal: 500 "internal", "服务器内部错误", "Internal server error",
        "服务器出现问题，已记入日志。反馈时请提供 instance 中的请求编号。",
        "Something broke here and was logged. Please quote the request id in `instance` when you report it.";
    /// Some part of the server is not ready.
    NotReady: 503 "not_ready", "服务未就绪", "Not ready",
        "errors 列出未就绪的部分：数据库、数据库结构、定时任务或磁盘。",
        "`errors` lists the parts that are not ready: the database, its schema, the timer worker, the disk.";
    /// The OpenID Connect provider cannot be reached.
    ProviderUnavailable: 503 "provider_unavailable", "身份提供方不可用", "The identity provider cannot be reached",
        "暂时无法连接身份提供方，请在 Retry-After 所示秒数之后重试，或用密码登录。",
        "The identity provider cannot be reached. Try again after the seconds in `Retry-After`, or sign in with a password.";
    /// More work than can be queued.
    Busy: 503 "busy", "服务繁忙", "The server is busy",
        "等待处理的请求过多，请在 Retry-After 所示秒数之后重试。",
        "More requests wait than can be queued. Try again after the seconds in `Retry-After`.";
    /// The attachments' storage does not answer.
    StorageDown: 503 "storage_unavailable", "附件存储不可用", "Files cannot be stored or fetched now",
        "附件存储暂时不可用，未做任何改动，请在 Retry-After 所示秒数之后重试。",
        "The storage of attachments does not work now; nothing was done. Try again after the seconds in `Retry-After`.";
    /// No room for a file.
    StorageFull: 507 "storage_full", "附件存储空间不足", "There is no room for the file",
        "附件存储空间不足，文件未保存，未做任何改动。请联系管理员。",
        "The storage of attachments is full: the file was not kept, and nothing was done. Tell whoever runs the server.";
}

impl Code {
    /// The problem of that code.
    pub fn find(code: &str) -> Option<Self> {
        Self::ALL.iter().copied().find(|it| it.entry().code == code)
    }

    /// Its stable, relative URI.
    pub fn uri(self) -> String {
        format!("/problems/{}", self.entry().code)
    }
}

/// The table as Markdown: `docs/problems.md`.
pub fn markdown() -> String {
    let mut page = String::from(
        "# Problems\n\nEvery refusal is `application/problem+json` (RFC 9457). Its `type` is one of \
         these; it can be fetched and explains itself. Rendered from `api/src/problem/code.rs`.\n\n\
         | type | status | title | 标题 | what it means |\n|---|---|---|---|---|\n",
    );
    for code in Code::ALL {
        let Entry { status, title, explanation, .. } = code.entry();
        let (uri, en, zh, why) = (code.uri(), title.en, title.zh, explanation.en);
        page.extend([format!("| `{uri}` | {status} | {en} | {zh} | {why} |\n")]);
    }
    page
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use super::*;

    #[test]
    fn every_code_is_used_once() {
        let codes: BTreeSet<_> = Code::ALL.iter().map(|it| it.entry().code).collect();
        assert_eq!(codes.len(), Code::ALL.len());
    }

    #[test]
    fn the_page_of_problems_is_current() {
        let path = concat!(env!("CARGO_MANIFEST_DIR"), "/../docs/problems.md");
        if std::env::var_os("KEFU_UPDATE").is_some() {
            std::fs::write(path, markdown()).unwrap();
        }
        let committed = std::fs::read_to_string(path).unwrap_or_default();
        assert_eq!(committed, markdown(), "run `KEFU_UPDATE=1 cargo test -p kefu-api`");
    }
}
