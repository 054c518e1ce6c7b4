//! What is known of the runs when everything is at rest, for the judge.

use operandi_engine::{
    core::{Status, WaitKind},
    ids::RunId,
    store::runs,
};

use super::Stage;
use crate::simulation::{
    family::judge_all,
    interpret::Seen,
    judge::{Ended, Told},
    summary::Summary,
    world::Asked,
};

impl Stage {
    /// Remembers what was under way when an event ended a run.
    pub(super) async fn note_ended(&mut self) {
        for run in self.all_runs().await {
            if matches!(run.status, Status::Exited | Status::Cancelled)
                && !self.ended.contains_key(&run.id)
            {
                let loaded = self
                    .engine
                    .committer()
                    .load(self.org, run.id)
                    .await
                    .unwrap();
                let mut begun: Vec<String> = loaded
                    .map(|loaded| {
                        loaded
                            .state
                            .begun()
                            .iter()
                            .map(|intent| intent.id.as_str().to_owned())
                            .collect()
                    })
                    .unwrap_or_default();
                let asked = self.asked(run.id);
                begun.extend(asked.iter().map(|one| one.intent.clone()));
                self.ended.insert(
                    run.id,
                    Ended {
                        begun,
                        asked: asked.len(),
                    },
                );
            }
        }
    }

    fn asked(&self, run: RunId) -> Vec<Asked> {
        self.world
            .asked()
            .into_iter()
            .filter(|one| one.run == run)
            .collect()
    }

    pub(super) async fn judge(&self) -> Result<Summary, String> {
        let mut all = Vec::new();
        for run in self.all_runs().await {
            all.push(self.told(&run).await);
        }
        let events = self.tidings.events();
        judge_all(&self.plan.family(), &all, &events)?;
        Ok(self.tidings.coverage(self.summary, &all).with(&all))
    }

    async fn told(&self, run: &runs::Run) -> Told {
        let history = runs::history(&self.db, self.org, run.id)
            .await
            .unwrap()
            .unwrap_or_default();
        let committer = self.engine.committer();
        let loaded = committer.load(self.org, run.id).await.unwrap().unwrap();
        let mut listens = loaded.state.waits();
        listens.retain(|wait| !run.status.is_final() || wait.kind == WaitKind::Goal);
        let workflows = &self.workflows;
        Told {
            id: run.id,
            caller: run.parent,
            generation: workflows.iter().position(|id| *id == run.workflow).unwrap(),
            began_at: Some(run.started_at),
            event: runs::started_with(&self.db, self.org, run.id)
                .await
                .unwrap()
                .unwrap_or_default(),
            status: run.status,
            outcome: run.outcome.clone(),
            // How the run was ended from outside stands in its history, but is no step of the plan.
            history: history
                .iter()
                .filter(|entry| entry.step.as_str() != "end")
                .map(Seen::of)
                .collect(),
            asked: self.asked(run.id),
            repeated: self.repeated.get(&run.id).cloned().unwrap_or_default(),
            ended: self.ended.get(&run.id).cloned(),
            listens,
            goal_at: run.goal_at,
            queued: loaded.queued && self.has_others_before(run).await,
            retried: self.retried.contains(&run.id),
            crashed: !self.calm,
        }
    }

    /// Whether an unfinished run about the same key stands before this one.
    async fn has_others_before(&self, run: &runs::Run) -> bool {
        let before = |other: &runs::Run| {
            other.workflow == run.workflow
                && other.key == run.key
                && other.id < run.id
                && !other.status.is_final()
        };
        self.all_runs().await.iter().any(before)
    }
}
