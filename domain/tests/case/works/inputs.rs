//! Inputs that no example could give: a rule compares what two forms were told.

use serde_json::{Map, Value};

/// A particular input, and why the examples do not do.
pub(super) struct Particular {
    /// `procedure/action`, or the procedure for its opening.
    place: &'static str,
    input: &'static str,
    _reason: &'static str,
}

const PARTICULAR: &[Particular] = &[
    Particular {
        place: "agent_deduction",
        input: r#"{ "deduction_kind": "late", "late_no": 1, "base_wage": 3000 }"#,
        _reason: "each kind of deduction has a tariff of its own",
    },
    Particular {
        place: "agent_deduction/work_out",
        input: r#"{ "deduct_yuan": 30 }"#,
        _reason: "the tariff: one per cent of the wage for the first times",
    },
    Particular {
        place: "brokerage_penalty",
        input: r#"{ "breach": "rule", "offence_no": 1 }"#,
        _reason: "the tariff sets breach, offence and fine, told by two forms, against each other",
    },
    Particular {
        place: "brokerage_penalty",
        input: r#"{ "breach": "leak" }"#,
        _reason: "each kind of breach has an action of its own",
    },
    Particular {
        place: "brokerage_penalty",
        input: r#"{ "breach": "joint", "subordinate_fine": 50 }"#,
        _reason: "the head's fine is double the subordinate's",
    },
    Particular {
        place: "brokerage_penalty/propose_penalty",
        input: r#"{ "fine_yuan": 100, "to_police": true }"#,
        _reason: "the tariff: 100 for the first offence, and double a subordinate's 50",
    },
    Particular {
        place: "brokerage_penalty/propose_penalty",
        input: r#"{ "fine_yuan": 1000, "to_police": true }"#,
        _reason: "the tariff: 1,000 for a leak",
    },
    Particular {
        place: "order_pay",
        input: r#"{ "pay_stage": "probation" }"#,
        _reason: "the base pay hangs on the stage",
    },
    Particular {
        place: "order_pay/work_out",
        input: r#"{
            "base_pay": { "amount": "1800.00" }, "commission": { "amount": "100.00" },
            "order_sales": [{ "sold_order": "20261122-118087", "sold_amount": { "amount": "10000.00" } }],
            "never_absent": true, "attendance_bonus": { "amount": "100.00" }
        }"#,
        _reason: "the sums have to be right: one per cent of the orders",
    },
    Particular {
        place: "vip_visit_round/list",
        input: r#"{ "visit_list": [
            { "spent_at": "中餐厅", "why_visited": "top_three", "vip_name": "陈先生", "vip_phone": "13800138001", "gift": "果篮" },
            { "spent_at": "中餐厅", "why_visited": "top_three", "vip_name": "林女士", "vip_phone": "13800138002", "gift": "果篮" },
            { "spent_at": "中餐厅", "why_visited": "top_three", "vip_name": "何先生", "vip_phone": "13800138003", "gift": "果篮" }
        ] }"#,
        _reason: "three of every department at least",
    },
];

/// The particular inputs of an action, or of the opening where none is named.
pub(super) fn of(procedure: &str, action: Option<&str>) -> Vec<Map<String, Value>> {
    let place = action.map_or(procedure.to_owned(), |it| format!("{procedure}/{it}"));
    let found = PARTICULAR.iter().filter(|it| it.place == place);
    found.map(|it| serde_json::from_str(it.input).unwrap()).collect()
}
