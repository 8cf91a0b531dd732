//! The contract of `cordon_data::store`, as tests that any store must pass. A store gives a [`Site`]; `contract!` makes a
//! test of each promise.

pub mod accounts;
pub mod commits;
pub mod features;
pub mod given;
pub mod model;
pub mod past;
pub mod retention;
pub mod selection;
pub mod shipment;
pub mod tracks;

use cordon_data::store::{Reader, Readers, Writer};

/// A place for one store, that can be opened again and again. Fixes become tracks at every cut, however few there are.
pub trait Site {
    /// Opens it. What was opened before was dropped.
    fn open(&self) -> Open;
}

/// An opened store.
pub struct Open {
    /// The one writer.
    pub writer: Box<dyn Writer>,
    /// Where readers come from.
    pub readers: Box<dyn Readers>,
}

impl Open {
    /// A reader.
    pub fn reader(&self) -> Box<dyn Reader> {
        self.readers.reader().unwrap()
    }
}

/// Makes one test of each promise. `$site` makes a fresh site.
#[macro_export]
macro_rules! contract {
    ($site:expr) => {
        $crate::contract!($site; commits: a_new_site_is_empty, a_batch_is_there_whole_after_a_restart,
            a_batch_that_does_not_follow_is_refused, the_last_row_of_an_event_and_an_alarm_stands,
            events_are_found_by_every_condition, alarms_are_found_by_state_and_priority,
            alarms_are_found_by_when_they_were_raised, alarms_are_counted_in_spans_of_time, the_oldest_open_alarm_is_found, lists_go_on_after_a_seq,
            the_journal_gives_whole_batches_from_any_position);
        $crate::contract!($site; features: every_revision_is_kept_and_the_newest_is_current,
            what_was_deleted_is_listed_until_it_comes_back,
            an_edit_and_its_audit_line_are_kept_together_or_not_at_all, an_id_is_never_free_again, a_second_feature_under_an_id_is_refused_whole, a_box_finds_what_touches_it,
            a_box_finds_a_feature_where_it_is_and_not_where_it_was, a_crowded_box_is_paged_like_any_other,
            an_edit_in_the_journal_is_what_was_entered);
        $crate::contract!($site; selection: pages_go_forth_and_back, a_filter_finds_what_it_says,
            a_box_finds_geometries_and_not_their_boxes, a_time_finds_what_holds_then);
        $crate::contract!($site; tracks: a_fix_is_on_its_track_as_soon_as_it_is_committed,
            cutting_changes_no_track, a_restart_changes_no_track, an_exact_duplicate_is_reported_once,
            a_track_is_limited_from_its_beginning);
        $crate::contract!($site; past: a_history_begins_at_the_newest_checkpoint_before_it,
            a_history_is_what_was_known_at_its_place, a_history_has_each_fix_once_and_as_the_gateway_gave_it,
            a_history_is_read_while_it_is_cut, checkpoints_are_pruned_when_nothing_can_ask_for_them,
            revisions_are_found_with_their_terms, a_vehicles_events_are_found_by_when_they_held);
        $crate::contract!($site; accounts: accounts_are_found_after_a_restart, a_taken_name_is_refused,
            an_ended_session_is_gone, a_terminal_is_replaced, a_site_keeps_its_last_administrator,
            another_password_ends_the_other_sessions, the_last_use_of_an_account_is_kept);
        $crate::contract!($site; retention: the_old_journal_goes_but_nothing_that_is_needed,
            old_tracks_go_by_when_they_were_received, old_alarms_go_when_they_are_closed_and_their_events_with_them);
        $crate::contract!($site; shipment: what_is_handed_on_is_there_once_however_it_is_cut,
            a_shipment_holds_the_changes_of_its_batches_and_no_later_ones, a_copy_holds_what_the_journal_forgot_too);
        $crate::contract!($site; model: any_history_reads_like_the_model);
    };
    ($site:expr; $module:ident: $($name:ident),* $(,)?) => {
        mod $module {
            $(
                #[test]
                fn $name() {
                    let make = || $site;
                    $crate::contract::$module::$name(&make);
                }
            )*
        }
    };
}

/// Makes fresh sites.
pub type Sites<'a> = dyn Fn() -> Box<dyn Site> + 'a;
