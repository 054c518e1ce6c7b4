//! Which changes a client follows.

use operandi_engine::{
    ids::{OrgId, RunId, WorkflowId},
    worker::RunChange,
};

/// What a client follows.
#[derive(Clone, Copy, Debug)]
pub(super) struct Filter {
    pub(crate) org: OrgId,
    pub(crate) workflow: Option<WorkflowId>,
    pub(crate) run: Option<RunId>,
}

impl Filter {
    /// Whether a change is for this client.
    pub(super) fn wants(&self, change: &RunChange) -> bool {
        change.org == self.org
            && self
                .workflow
                .is_none_or(|workflow| workflow == change.workflow)
            && self.run.is_none_or(|run| run == change.run)
    }
}

#[cfg(test)]
mod tests {
    use operandi_dsl::time::Timestamp;
    use operandi_engine::{
        core::Status,
        ids::{OrgId, RunId, WorkflowId},
        worker::RunChange,
    };
    use uuid::Uuid;

    use super::Filter;

    #[test]
    fn only_what_is_asked_for_and_only_of_ones_own() {
        let id = Uuid::from_u128;
        let org = OrgId::from_uuid(id(1));
        let change = RunChange {
            org,
            run: RunId::from_uuid(id(3)),
            workflow: WorkflowId::from_uuid(id(2)),
            status: Status::Waiting,
            step: None,
            at: Timestamp(0),
        };
        let all = Filter {
            org,
            workflow: None,
            run: None,
        };
        let table = [
            (all, true),
            (
                Filter {
                    org: OrgId::from_uuid(id(9)),
                    ..all
                },
                false,
            ),
            (
                Filter {
                    workflow: Some(change.workflow),
                    ..all
                },
                true,
            ),
            (
                Filter {
                    workflow: Some(WorkflowId::from_uuid(id(8))),
                    ..all
                },
                false,
            ),
            (
                Filter {
                    run: Some(change.run),
                    ..all
                },
                true,
            ),
            (
                Filter {
                    run: Some(RunId::from_uuid(id(8))),
                    ..all
                },
                false,
            ),
        ];
        for (filter, want) in table {
            assert_eq!(filter.wants(&change), want, "{filter:?}");
        }
    }
}
