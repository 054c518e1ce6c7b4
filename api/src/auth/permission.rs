//! Roles and what each may do: one table.

use operandi_dsl::{catalog::Words, phrase::say};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

/// What a member of an organisation, or an API key, is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum Role {
    /// Everything, also making other owners.
    Owner,
    /// Everything but other owners.
    Admin,
    /// Builds workflows and works with records.
    Marketing,
    /// Works with runs and records, and answers questions.
    Support,
    /// Looks.
    Viewer,
}

/// One kind of deed.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Permission {
    /// Look at workflows, runs, events and sends.
    View,
    /// Create, change, publish and delete workflows.
    EditWorkflows,
    /// Start, cancel and retry runs; settle unknown effects; answer questions; send events.
    Operate,
    /// Create, change and delete records.
    EditRecords,
    /// Create, change and delete connections.
    ManageConnections,
    /// Invite, change and remove members; make API keys; change the organisation; read the audit log.
    Administer,
}

impl Role {
    /// Every role, most able first.
    pub const ALL: [Self; 5] = [
        Self::Owner,
        Self::Admin,
        Self::Marketing,
        Self::Support,
        Self::Viewer,
    ];

    /// The word in the database and the API.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Owner => "owner",
            Self::Admin => "admin",
            Self::Marketing => "marketing",
            Self::Support => "support",
            Self::Viewer => "viewer",
        }
    }

    /// What people call it.
    #[must_use]
    pub(crate) const fn title(self) -> Words {
        match self {
            Self::Owner => say!("Titular", "owner", "Titular"),
            Self::Admin => say!("Administración", "admin", "Administração"),
            Self::Marketing => say!("Marketing", "marketing", "Marketing"),
            Self::Support => say!("Atención", "support", "Atendimento"),
            Self::Viewer => say!("Solo lectura", "viewer", "Somente leitura"),
        }
    }

    /// Reads that word.
    #[must_use]
    pub fn parse(word: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|role| role.as_str() == word)
    }

    /// The table.
    #[must_use]
    pub const fn may(self, permission: Permission) -> bool {
        use Permission as P;
        match self {
            Self::Owner | Self::Admin => true,
            Self::Marketing => matches!(
                permission,
                P::View | P::EditWorkflows | P::Operate | P::EditRecords
            ),
            Self::Support => matches!(permission, P::View | P::Operate | P::EditRecords),
            Self::Viewer => matches!(permission, P::View),
        }
    }

    /// Whether a holder of this role may give `other` away or take it: nobody raises himself.
    #[must_use]
    pub fn may_grant(self, other: Self) -> bool {
        match self {
            Self::Owner => true,
            Self::Admin => other != Self::Owner,
            Self::Marketing | Self::Support | Self::Viewer => false,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::{Permission as P, Role};

    #[test]
    fn the_table_of_roles() {
        let permissions = [
            P::View,
            P::EditWorkflows,
            P::Operate,
            P::EditRecords,
            P::ManageConnections,
            P::Administer,
        ];
        let table: [(Role, [bool; 6]); 5] = [
            (Role::Owner, [true; 6]),
            (Role::Admin, [true; 6]),
            (Role::Marketing, [true, true, true, true, false, false]),
            (Role::Support, [true, false, true, true, false, false]),
            (Role::Viewer, [true, false, false, false, false, false]),
        ];
        for (role, row) in table {
            assert_eq!(
                permissions.map(|permission| role.may(permission)),
                row,
                "{role:?}"
            );
        }
    }

    #[test]
    fn words_read_back_and_only_owners_make_owners() {
        for role in Role::ALL {
            assert_eq!(Role::parse(role.as_str()), Some(role));
            assert_eq!(role.may_grant(Role::Owner), role == Role::Owner);
        }
        assert_eq!(Role::parse("root"), None);
    }
}
