//! The permissions the kernel itself asks for. Packs add their own.

use crate::text::Text;

/// A permission that code, not a pack, asks for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct KernelPermission {
    /// Verb on a noun: `case.open`.
    pub code: &'static str,
    /// In Chinese.
    pub zh: &'static str,
    /// In English.
    pub en: &'static str,
}

impl KernelPermission {
    /// What people call it.
    pub fn title(&self) -> Text {
        Text::new(self.zh, self.en)
    }
}

const fn permission(code: &'static str, zh: &'static str, en: &'static str) -> KernelPermission {
    KernelPermission { code, zh, en }
}

/// Every permission the kernel asks for.
pub const KERNEL_PERMISSIONS: &[KernelPermission] = &[
    permission("case.read", "查看服务单", "Read cases"),
    permission("case.open", "登记服务单", "Open cases"),
    permission("case.comment", "添加备注", "Comment on cases"),
    permission("case.assign", "指派服务单", "Assign cases"),
    permission("case.claim", "认领服务单", "Claim cases"),
    permission("case.transfer", "转办服务单", "Transfer cases"),
    permission("case.return", "退回服务单", "Return cases"),
    permission("case.urge", "催办", "Urge cases"),
    permission("case.supervise", "督办", "Supervise cases"),
    permission("case.extend", "审批延期", "Rule on extensions"),
    permission("case.suspend", "挂起与恢复", "Suspend and resume cases"),
    permission("case.link", "关联服务单", "Link cases"),
    permission("case.withdraw", "撤回服务单", "Withdraw cases"),
    permission("case.reopen", "重新打开服务单", "Reopen cases"),
    permission("case.edit", "修改服务单", "Edit cases"),
    permission("case.export", "导出服务单", "Export cases"),
    permission("customer.read", "查看客户", "Read customers"),
    permission("customer.write", "维护客户", "Keep customers"),
    permission("customer.export", "导出客户", "Export customers"),
    permission("asset.read", "查看资产", "Read assets"),
    permission("asset.write", "维护资产", "Keep assets"),
    permission("asset.export", "导出资产", "Export assets"),
    permission("site.read", "查看管理处", "Read sites"),
    permission("site.write", "维护管理处", "Keep sites"),
    permission("user.read", "查看用户", "Read users"),
    permission("user.write", "维护用户", "Keep users"),
    permission("user.export", "导出用户", "Export users"),
    permission("role.read", "查看角色", "Read roles"),
    permission("role.write", "维护角色", "Keep roles"),
    permission("procedure.read", "查看流程", "Read procedures"),
    permission("procedure.publish", "发布流程", "Publish procedures"),
    permission("duty.read", "查看例行任务", "Read duties"),
    permission("duty.manage", "暂停与恢复例行任务", "Pause and resume duties"),
    permission("compliance.read", "查看条款执行情况", "Read compliance"),
    permission("metric.read", "查看指标", "Read metrics"),
    permission("calendar.read", "查看工作日历", "Read calendars"),
    permission("calendar.write", "维护工作日历", "Keep calendars"),
    permission("event.read", "读取事件流", "Read the event feed"),
    permission("webhook.read", "查看推送订阅", "Read webhooks"),
    permission("webhook.write", "维护推送订阅", "Keep webhooks"),
    permission("view.share", "共享视图", "Share views"),
    permission("settings.write", "维护系统设置", "Keep settings"),
];
