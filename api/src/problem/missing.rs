//! What can be looked for in vain, so that each language says it with the right gender.

use operandi_dsl::{
    Sentence,
    catalog::Words,
    phrase::{Phrase, say},
};

/// What an organisation does not have.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Missing {
    Alert,
    Connection,
    Device,
    DeviceKey,
    Event,
    Kind,
    Member,
    Organisation,
    Record,
    Run,
    Subscription,
    Version,
    Workflow,
}

impl Missing {
    const fn words(self) -> Words {
        match self {
            Self::Alert => say!("esa alerta", "alert", "esse alerta"),
            Self::Connection => say!("esa conexión", "connection", "essa conexão"),
            Self::Device => say!("ese dispositivo", "device", "esse dispositivo"),
            Self::DeviceKey => say!(
                "esa credencial de ese dispositivo",
                "credential of that device",
                "essa credencial desse dispositivo",
            ),
            Self::Event => say!("ese evento", "event", "esse evento"),
            Self::Kind => say!(
                "ese tipo de registro",
                "kind of record",
                "esse tipo de registro",
            ),
            Self::Member => say!("ese integrante", "member", "esse membro"),
            Self::Organisation => say!("esa organización", "organisation", "essa organização"),
            Self::Record => say!("ese registro", "record", "esse registro"),
            Self::Run => say!("esa ejecución", "run", "essa execução"),
            Self::Subscription => say!(
                "ese navegador suscripto a tus avisos",
                "browser subscribed to your notifications",
                "esse navegador inscrito nos seus avisos",
            ),
            Self::Version => say!("esa versión", "version", "essa versão"),
            Self::Workflow => say!("ese flujo", "workflow", "esse fluxo"),
        }
    }
}

impl From<Missing> for Sentence {
    fn from(missing: Missing) -> Self {
        Phrase::new(say!(
            "No existe {what} en tu organización.",
            "There is no such {what} in your organisation.",
            "Não existe {what} na sua organização.",
        ))
        .with_words("what", &[missing.words()])
        .into()
    }
}
