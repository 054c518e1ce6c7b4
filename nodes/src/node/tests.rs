//! What holds for every node, whichever they are.

use operandi_dsl::StepId;
use operandi_engine::{
    clock,
    ids::{IntentId, OrgId, RunId, WorkflowId},
};
use serde_json::json;

use super::*;
use crate::{services::memory, words::untold};

/// A call without parameters.
pub(crate) fn call() -> Call {
    let run = RunId::from_uuid(clock::new_uuid());
    Call {
        org: OrgId::from_uuid(clock::new_uuid()),
        workflow: WorkflowId::from_uuid(clock::new_uuid()),
        run,
        step: StepId::new("step"),
        intent: IntentId::new(run, 1),
        attempt: 1,
        purpose: None,
        now: operandi_dsl::time::Timestamp(1_767_225_600_000),
        lang: operandi_dsl::catalog::Lang::Es,
        params: Value::Null,
    }
}

#[test]
fn every_node_is_told_in_three_languages() {
    for kind in KINDS {
        let spec = kind.spec();
        assert_eq!(untold(&spec.params), Vec::<String>::new(), "{}", spec.kind);
        for words in [spec.title, spec.summary] {
            for text in [words.es, words.en, words.pt] {
                assert!(!text.trim().is_empty(), "{}", spec.kind);
            }
        }
        assert_eq!(spec.params["type"], "object", "{}", spec.kind);
        assert_eq!(spec.params["additionalProperties"], false, "{}", spec.kind);
    }
}

#[test]
fn kinds_are_listed_once_and_in_order() {
    let kinds: Vec<&str> = KINDS.iter().map(|kind| kind.spec().kind).collect();
    let mut sorted = kinds.clone();
    sorted.sort_unstable();
    sorted.dedup();
    assert_eq!(kinds.len(), sorted.len());
}

#[test]
fn whatever_sends_never_repeats_by_itself() {
    for kind in KINDS {
        let spec = kind.spec();
        if spec.sends {
            assert_eq!(spec.promise, Promise::Once, "{}", spec.kind);
            assert!(!spec.refusals.is_empty(), "{}", spec.kind);
        }
    }
}

#[tokio::test]
async fn bad_parameters_are_the_callers_fault_for_every_node() {
    let services = memory::Memory::default().services();
    for kind in KINDS {
        let node = kind.build(&services);
        for params in [
            json!({ "no such field": 1 }),
            json!([]),
            json!("x"),
            json!(1),
        ] {
            let result = node
                .perform(Call {
                    params: params.clone(),
                    ..call()
                })
                .await;
            assert!(
                matches!(result, Err(Failure::Params { .. })),
                "{} {params}: {result:?}",
                kind.spec().kind
            );
        }
    }
}

#[test]
fn a_null_is_a_parameter_not_given() {
    assert_eq!(
        without_nulls(json!({ "a": null, "b": { "c": null } })),
        json!({ "b": { "c": null } })
    );
    assert_eq!(without_nulls(Value::Null), json!({}));
}
