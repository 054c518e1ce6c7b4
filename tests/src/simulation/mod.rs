//! Seeded simulation: random workflows run by the real engine on a real database, with a clock that is turned
//! by hand, a process that dies at every commit point, and a world that answers as chance decides. A
//! reference interpretation then says whether what happened could have happened.

pub mod generate;
pub mod interpret;
pub mod plan;
pub mod world;
