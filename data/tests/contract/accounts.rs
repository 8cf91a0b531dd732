//! Users, tokens, sessions and terminals.

use super::Sites;
use super::given::{at, audit};
use cordon_data::store::{AccountChange, LastUse, Role, Session, StoreError, Terminal, Token, User, UserChange};
use cordon_spatial::ids::VehicleKey;

fn user(name: &str) -> User {
    let password_hash = "$argon2id$…".to_owned();
    User { name: name.to_owned(), role: Role::Monitor, password_hash, created_at: at(1), last_seen_at: None }
}

fn token(name: &str, byte: u8) -> Token {
    Token { hash: [byte; 32], name: name.to_owned(), role: Role::Device, created_at: at(2), last_used_at: None }
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

pub fn a_site_keeps_its_last_administrator(sites: &Sites<'_>) {
    let site = sites();
    let mut open = site.open();
    let lines = |open: &super::Open| open.reader().audit(0, 100).unwrap().len();
    open.writer.add_user(&User { role: Role::Admin, ..user("anna") }, &audit("user.add")).unwrap();
    open.writer.add_user(&user("bela"), &audit("user.add")).unwrap();
    let demoted = UserChange { role: Some(Role::Guard), ..UserChange::default() };
    let before = lines(&open);
    let change = open.writer.change_user("anna", &demoted, &audit("user.change")).unwrap();
    assert_eq!(change, AccountChange::LastAdmin);
    assert_eq!(open.writer.remove_user("anna", &audit("user.delete")).unwrap(), AccountChange::LastAdmin);
    assert_eq!(open.writer.remove_user("nobody", &audit("user.delete")).unwrap(), AccountChange::Unknown);
    assert_eq!(lines(&open), before, "what was not done is not in the audit trail");
    let promoted = UserChange { role: Some(Role::Admin), ..UserChange::default() };
    assert_eq!(open.writer.change_user("bela", &promoted, &audit("user.change")).unwrap(), AccountChange::Done);
    assert_eq!(open.writer.change_user("anna", &demoted, &audit("user.change")).unwrap(), AccountChange::Done);
    assert_eq!(open.writer.remove_user("anna", &audit("user.delete")).unwrap(), AccountChange::Done);
    assert_eq!(open.reader().users().unwrap(), [User { role: Role::Admin, ..user("bela") }]);
    assert_eq!(lines(&open), before + 3);
}

pub fn another_password_ends_the_other_sessions(sites: &Sites<'_>) {
    let site = sites();
    let mut open = site.open();
    open.writer.add_user(&user("anna"), &audit("user.add")).unwrap();
    open.writer.add_user(&user("bela"), &audit("user.add")).unwrap();
    for (byte, whose) in [(7, "anna"), (8, "anna"), (9, "bela")] {
        let session = Session { hash: [byte; 32], user: whose.to_owned(), ..session() };
        open.writer.add_session(&session, &audit("session.create")).unwrap();
    }
    let standing = |open: &super::Open| [7, 8, 9].map(|byte| open.reader().session(&[byte; 32]).unwrap().is_some());
    let role = UserChange { role: Some(Role::Guard), ..UserChange::default() };
    open.writer.change_user("anna", &role, &audit("user.change")).unwrap();
    assert_eq!(standing(&open), [true; 3], "another role ends none");
    let hash = Some("$argon2id$other".to_owned());
    let password = UserChange { password_hash: hash.clone(), keep_session: Some([8; 32]), role: None };
    open.writer.change_user("anna", &password, &audit("user.password")).unwrap();
    assert_eq!(standing(&open), [false, true, true]);
    let anna = open.reader().user("anna").unwrap().unwrap();
    assert_eq!((anna.role, Some(anna.password_hash)), (Role::Guard, hash));
    open.writer.remove_user("anna", &audit("user.delete")).unwrap();
    assert_eq!(standing(&open), [false, false, true]);
}

pub fn the_last_use_of_an_account_is_kept(sites: &Sites<'_>) {
    let site = sites();
    let mut open = site.open();
    open.writer.add_user(&user("anna"), &audit("user.add")).unwrap();
    open.writer.add_token(&token("gateway", 1), &audit("token.add")).unwrap();
    open.writer.add_token(&token("other", 2), &audit("token.add")).unwrap();
    let named = |at| vec![("anna".to_owned(), at), ("nobody".to_owned(), at)];
    let tokens = vec![("gateway".to_owned(), at(6))];
    open.writer.note_use(&LastUse { users: named(at(5)), tokens }).unwrap();
    open.writer.note_use(&LastUse { users: named(at(4)), tokens: Vec::new() }).unwrap();
    drop(open);
    let mut open = site.open();
    let reader = open.reader();
    assert_eq!(reader.users().unwrap(), [User { last_seen_at: Some(at(5)), ..user("anna") }]);
    let gateway = Token { last_used_at: Some(at(6)), ..token("gateway", 1) };
    assert_eq!(reader.tokens().unwrap(), [gateway, token("other", 2)]);
    assert_eq!(open.writer.remove_token("other", &audit("token.delete")).unwrap(), AccountChange::Done);
    assert_eq!(open.writer.remove_token("other", &audit("token.delete")).unwrap(), AccountChange::Unknown);
    assert_eq!(open.reader().token(&[2; 32]).unwrap(), None);
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
