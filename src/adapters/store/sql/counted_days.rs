//! Statements about days of what is counted beside calls, and the triggers that tell which have changed.

/// Every quarter of an hour in which there is something to count.
macro_rules! all_times {
    () => {
        "SELECT shipped_at / 900000 * 900000 FROM shipments WHERE shipped_at IS NOT NULL
        UNION SELECT failed_at / 900000 * 900000 FROM shipments WHERE failed_at IS NOT NULL
        UNION SELECT decided_at / 900000 * 900000 FROM decisions
        UNION SELECT opened_at / 900000 * 900000 FROM tickets
        UNION SELECT requested_at / 900000 * 900000 FROM requests
        UNION SELECT due_at / 900000 * 900000 FROM requests WHERE due_at IS NOT NULL
        UNION SELECT changed_at / 900000 * 900000 FROM request_actions"
    };
}

statements! { ON_BOTH:

    PUT_DAY = "INSERT INTO counted_days (from_ms, to_ms, counts) VALUES ($1, $2, $3)
        ON CONFLICT (from_ms, to_ms) DO UPDATE SET counts = excluded.counts";
    DAYS = "SELECT counts FROM counted_days WHERE from_ms >= $1 AND to_ms <= $2";
    DELETE_DAYS = "DELETE FROM counted_days";
    MARK_ALL = concat!("INSERT INTO stale_times (at_ms) ", all_times!());

    // Times a quarter of an hour long: days begin at such a time everywhere.
    STALE_QUARTERS = "SELECT DISTINCT at_ms / 900000 FROM stale_times WHERE at_ms >= $1 AND at_ms < $2";
    DELETE_STALE = "DELETE FROM stale_times WHERE at_ms >= $1 AND at_ms < $2";

    // Whatever is kept is read, and nothing comes of it but that it is at hand.
    READ_ALL = "SELECT CAST((SELECT MAX(LENGTH(tally)) FROM call_tallies) + (SELECT MAX(LENGTH(counts)) FROM counted_days)
        AS BIGINT)";

    // Whoever finds them missing makes them.
    TAKE_ON_TRIGGERS = "UPDATE tallying SET triggers = 1 WHERE id = 1 AND triggers = 0";
}

/// Writes down the time in `$column` of a row that came or went.
macro_rules! mark_one {
    ($row:literal, $column:literal) => {
        concat!("INSERT INTO stale_times (at_ms) SELECT ", $row, $column, " WHERE ", $row, $column, " IS NOT NULL")
    };
}

/// The same of a row that changed, as it was and as it is. On PostgreSQL one of the two may not be there, and is null.
macro_rules! mark_both {
    ($column:literal) => {
        concat!(mark_one!("OLD.", $column), " UNION SELECT NEW.", $column, " WHERE NEW.", $column, " IS NOT NULL")
    };
}

/// A trigger of the rows of `$table`, its name made of them and of `$what` befell them.
macro_rules! trigger {
    ($table:literal, $column:literal, $what:literal, $when:expr, $does:expr) => {
        concat!("CREATE TRIGGER mark_", $table, "_", $column, $what, " AFTER ", $when, " ON ", $table, " ", $does)
    };
}

/// What marks the times in `$column` of the rows of `$table` that come, go or change in `$of`.
macro_rules! marks_on_sqlite {
    ($table:literal, $column:literal, $of:literal) => {
        [
            trigger!($table, $column, "_come", "INSERT", concat!("BEGIN ", mark_one!("NEW.", $column), "; END")),
            trigger!($table, $column, "_gone", "DELETE", concat!("BEGIN ", mark_one!("OLD.", $column), "; END")),
            trigger!(
                $table,
                $column,
                "_changed",
                concat!("UPDATE OF ", $of),
                concat!("BEGIN ", mark_both!($column), "; END")
            ),
        ]
    };
}

/// The same on PostgreSQL: a function, and the trigger that calls it.
macro_rules! marks_on_postgres {
    ($table:literal, $column:literal, $of:literal) => {
        [
            concat!(
                concat!("CREATE FUNCTION mark_", $table, "_", $column, "() RETURNS trigger LANGUAGE plpgsql AS $mark$"),
                concat!(" BEGIN ", mark_both!($column), "; RETURN NULL; END $mark$")
            ),
            trigger!(
                $table,
                $column,
                "",
                concat!("INSERT OR DELETE OR UPDATE OF ", $of),
                concat!("FOR EACH ROW EXECUTE FUNCTION mark_", $table, "_", $column, "()")
            ),
        ]
    };
}

/// Everything that counts of a period, by the column that says when.
macro_rules! all_marks {
    ($marks:ident) => {
        [
            $marks!(
                "shipments",
                "shipped_at",
                "shipped_at, failed_at, is_delivered, is_returned, is_cod, is_held_back"
            ),
            $marks!(
                "shipments",
                "failed_at",
                "failed_at, is_delivered, is_held_back, is_absent, is_called, is_disputed, contacted_at"
            ),
            $marks!("decisions", "decided_at", "decided_at, happened_at, told_at, asked_at, is_held_back"),
            $marks!("tickets", "opened_at", "opened_at, channel, is_wismo, is_held_back, tickets"),
            $marks!("requests", "requested_at", "requested_at, way, state, wrong_at"),
            $marks!("requests", "due_at", "due_at, promise"),
            $marks!("request_actions", "changed_at", "kind, state, changed_at, paid_at"),
        ]
    };
}

pub(in crate::adapters::store) const TRIGGERS_ON_SQLITE: [[&str; 3]; 7] = all_marks!(marks_on_sqlite);
pub(in crate::adapters::store) const TRIGGERS_ON_POSTGRES: [[&str; 2]; 7] = all_marks!(marks_on_postgres);
