//! Users, tokens, sessions and terminals.

use super::Sites;
use super::given::{at, audit};
use cordon_data::store::{Role, Session, StoreError, Terminal, Token, User};
use cordon_spatial::ids::VehicleKey;

fn user(name: &str) -> User {
    User { name: name.to_owned(), role: Role::Monitor, password_hash: "$argon2id$…".to_owned(), created_at: at(1) }
}

fn token(name: &str, byte: u8) -> Token {
    Token { hash: [byte; 32], name: name.to_owned(), role: Role::Device, created_at: at(2) }
}

fn session() -> Session {
    Session { hash: [7; 32], user: "anna".to_owned(), created_at: at(3), expires_at: at(4) }
}

fn terminal(phone: &str) -> Terminal {
    Terminal {
        phone: phone.to_owned(),
        vehicle: None,
        code_hash: None,
        plate: Some("浙B12345".to_owned()),
        plate_colour: Some(2),
        model: Some("X-1".to_owned()),
        first_seen_at: at(5),
    }
}

pub fn accounts_are_found_after_a_restart(sites: &Sites<'_>) {
    let site = sites();
    let mut open = site.open();
    open.writer.add_user(&user("bela"), &audit("user.add")).unwrap();
    open.writer.add_user(&user("anna"), &audit("user.add")).unwrap();
    open.writer.add_token(&token("gateway", 1), &audit("token.add")).unwrap();
    open.writer.add_session(&session(), &audit("session.create")).unwrap();
    open.writer.put_terminal(&terminal("13912345678"), &audit("terminal.put")).unwrap();
    open.writer.audit(&audit("session.refused")).unwrap();
    drop(open);
    let reader = site.open().reader();
    assert_eq!(reader.users().unwrap(), [user("anna"), user("bela")]);
    assert_eq!(reader.user("anna").unwrap(), Some(user("anna")));
    assert_eq!(reader.user("Anna").unwrap(), None);
    assert_eq!(reader.token(&[1; 32]).unwrap(), Some(token("gateway", 1)));
    assert_eq!(reader.token(&[2; 32]).unwrap(), None);
    assert_eq!(reader.session(&[7; 32]).unwrap(), Some(session()));
    assert_eq!(reader.terminal("13912345678").unwrap(), Some(terminal("13912345678")));
}

pub fn a_taken_name_is_refused(sites: &Sites<'_>) {
    let site = sites();
    let mut open = site.open();
    open.writer.add_user(&user("anna"), &audit("user.add")).unwrap();
    open.writer.add_token(&token("gateway", 1), &audit("token.add")).unwrap();
    let again = User { role: Role::Admin, ..user("anna") };
    let refused = open.writer.add_user(&again, &audit("user.add")).unwrap_err();
    assert_eq!(refused.to_string(), "the user anna exists already");
    let refused = open.writer.add_token(&token("gateway", 2), &audit("token.add"));
    assert!(matches!(refused, Err(StoreError::Exists { .. })));
    assert_eq!(open.reader().user("anna").unwrap(), Some(user("anna")));
    open.writer.add_user(&user("bela"), &audit("user.add")).unwrap();
}

pub fn an_ended_session_is_gone(sites: &Sites<'_>) {
    let site = sites();
    let mut open = site.open();
    open.writer.add_session(&session(), &audit("session.create")).unwrap();
    for _ in 0..2 {
        open.writer.end_session(&[7; 32], &audit("session.end")).unwrap();
        assert_eq!(open.reader().session(&[7; 32]).unwrap(), None);
    }
}

pub fn a_terminal_is_replaced(sites: &Sites<'_>) {
    let site = sites();
    let mut open = site.open();
    open.writer.put_terminal(&terminal("2"), &audit("terminal.put")).unwrap();
    open.writer.put_terminal(&terminal("1"), &audit("terminal.put")).unwrap();
    let bound = Terminal { vehicle: Some(VehicleKey(9)), code_hash: Some([3; 32]), plate: None, ..terminal("1") };
    open.writer.put_terminal(&bound, &audit("terminal.put")).unwrap();
    assert_eq!(open.reader().terminals().unwrap(), [bound, terminal("2")]);
}
