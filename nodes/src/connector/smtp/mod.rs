//! Email over any SMTP server.

mod deliver;
mod letter;
pub(crate) mod send;

use operandi_dsl::{
    catalog::{ConnectorSpec, EventSpec},
    phrase::say,
    time::Timestamp,
};
use operandi_engine::event::Ingest;
use schemars::JsonSchema;
use secrecy::SecretString;
use serde::Deserialize;

use super::{Connection, Connector, HookError, HookRequest, Verified, schema};
use crate::words::{help, titles, words};

/// The connector's name.
pub(crate) const NAME: &str = "smtp";
/// The channel's name: people know it as email, whatever carries it.
pub(crate) const CHANNEL: &str = "email";

/// The open settings of a connection.
#[derive(Clone, Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Settings {
    /// The server's name.
    #[serde(default)]
    #[schemars(extend(
        "x-titles" = titles("Servidor", "Server", "Servidor"),
        "x-help" = help("El nombre del servidor.", "O nome do servidor."),
    ))]
    pub host: String,
    /// The server's port: 587, 465 or 25 by how it is encrypted when absent.
    #[serde(default)]
    #[schemars(extend(
        "x-titles" = titles("Puerto", "Port", "Porta"),
        "x-help" = help("El puerto del servidor: 587, 465 o 25 según el cifrado si falta.", "A porta do servidor: 587, 465 ou 25 conforme a criptografia se faltar."),
    ))]
    pub port: Option<u16>,
    /// How the connection is encrypted.
    #[serde(default)]
    #[schemars(extend(
        "x-titles" = titles("Cifrado", "Encryption", "Criptografia"),
        "x-help" = help("Cómo se cifra la conexión.", "Como a conexão é criptografada."),
    ))]
    pub tls: Tls,
    /// Who letters are from, such as `Mi tienda <hola@mitienda.com>`.
    #[schemars(extend(
        "x-titles" = titles("Remitente", "From", "Remetente"),
        "x-help" = help("De quién son los correos, como `Mi tienda <hola@mitienda.com>`.", "De quem são os e-mails, como `Minha loja <oi@minhaloja.com>`."),
    ))]
    pub from: String,
    /// The https address where a person ends marketing letters; `{contact}` stands for who it is.
    #[serde(default)]
    #[schemars(extend(
        "x-widget" = "url",
        "x-titles" = titles("Dirección de baja", "Unsubscribe address", "Endereço de descadastro"),
        "x-help" = help("La dirección https donde una persona se da de baja; `{contact}` dice quién es.", "O endereço https onde uma pessoa se descadastra; `{contact}` diz quem é."),
    ))]
    pub unsubscribe_url: Option<String>,
    /// Keeps messages to be looked at instead of sending them.
    #[serde(default)]
    #[schemars(extend(
        "x-titles" = titles("Modo de prueba", "Sandbox", "Modo de teste"),
        "x-help" = help("Guarda los mensajes para verlos en vez de enviarlos.", "Guarda as mensagens para vê-las em vez de enviá-las."),
    ))]
    pub sandbox: bool,
}

/// How the connection is encrypted.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum Tls {
    /// It begins in the clear and must become encrypted before anything is said.
    #[default]
    Starttls,
    /// It is encrypted from the first byte.
    Implicit,
    /// It is never encrypted: for a relay in the same machine or network.
    None,
}

impl Settings {
    fn port(&self) -> u16 {
        self.port.unwrap_or(match self.tls {
            Tls::Starttls => 587,
            Tls::Implicit => 465,
            Tls::None => 25,
        })
    }
}

/// The secrets of a connection.
#[derive(Clone, Debug, Default, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Secrets {
    /// The user; without one nobody signs in.
    #[serde(default)]
    #[schemars(extend(
        "x-titles" = titles("Usuario", "User", "Usuário"),
        "x-help" = help("El usuario; sin él no se inicia sesión.", "O usuário; sem ele não se inicia sessão."),
    ))]
    pub user: Option<String>,
    /// The password.
    #[serde(default)]
    #[schemars(with = "Option<String>", extend(
        "x-widget" = "secret",
        "x-titles" = titles("Contraseña", "Password", "Senha"),
        "x-help" = help("La contraseña.", "A senha."),
    ))]
    pub password: Option<SecretString>,
}

/// The connector.
pub struct Smtp;

impl Connector for Smtp {
    fn name(&self) -> &'static str {
        NAME
    }

    fn spec(&self) -> ConnectorSpec {
        ConnectorSpec {
            name: NAME,
            title: words("Correo (SMTP)", "Email (SMTP)", "E-mail (SMTP)"),
            settings: schema::<Settings>(),
            secrets: schema::<Secrets>(),
        }
    }

    fn events(&self) -> Vec<(&'static str, EventSpec)> {
        Vec::new()
    }

    fn check(&self, connection: &Connection) -> Result<(), HookError> {
        let settings: Settings = connection.settings()?;
        let secrets: Secrets = connection.secrets()?;
        letter::mailbox(&settings.from).map_err(|_| {
            HookError::Settings(
                say!(
                    "`from` no es una dirección",
                    "`from` is no address",
                    "`from` não é um endereço",
                )
                .into(),
            )
        })?;
        if settings.sandbox {
            return Ok(());
        }
        if settings.host.trim().is_empty() {
            return Err(HookError::Settings(
                say!("falta `host`", "`host` is missing", "falta `host`",).into(),
            ));
        }
        if secrets.user.is_some() != secrets.password.is_some() {
            return Err(HookError::Settings(
                say!(
                    "`user` y `password` van juntos",
                    "`user` and `password` belong together",
                    "`user` e `password` vão juntos",
                )
                .into(),
            ));
        }
        if secrets.user.is_some() && settings.tls == Tls::None {
            return Err(HookError::Settings(
                say!(
                    "una contraseña no se manda sin cifrar: elegí un cifrado",
                    "a password is not sent in the clear: choose an encryption",
                    "uma senha não é enviada sem criptografia: escolha uma",
                )
                .into(),
            ));
        }
        Ok(())
    }

    fn verify(&self, _: &Connection, _: HookRequest) -> Result<Verified<HookRequest>, HookError> {
        Err(HookError::NotTaken)
    }

    fn parse(
        &self,
        _: &Connection,
        _: &Verified<HookRequest>,
        _: Timestamp,
    ) -> Result<Vec<Ingest>, HookError> {
        Err(HookError::NotTaken)
    }
}

#[cfg(test)]
mod tests;
