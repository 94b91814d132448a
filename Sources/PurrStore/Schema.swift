internal import Foundation
internal import GRDB

/// The tables, as numbered migrations that are only ever appended to.
///
/// Five macros stand for what SQLite and PostgreSQL spell differently: `{id}` a generated 64-bit key,
/// `{int}` a 64-bit integer, `{bytes}` a byte string, `{real}` a double, `{strict}` what follows a
/// table's closing bracket. Instants are milliseconds since 1970, 0 for none; flags are 0 or 1.
enum Schema {
    /// Migrates step by step; refuses a file that a newer Purr has written.
    static func migrate(_ queue: DatabaseQueue) throws {
        try queue.writeWithoutTransaction { db in
            // Looked at first: whoever only opens the file must not wait for a long writer.
            if try db.tableExists("schema_version"),
                try Int.fetchOne(db, sql: "SELECT max(version) FROM schema_version") == steps.count
            {
                return
            }
            try db.inTransaction(.immediate) {
                try db.execute(
                    sql: spelled(
                        "CREATE TABLE IF NOT EXISTS schema_version (version {int} NOT NULL){strict}"))
                let version = try Int.fetchOne(db, sql: "SELECT max(version) FROM schema_version") ?? 0
                guard version <= steps.count else {
                    throw StoreError(
                        .newerSchema,
                        "The data was written by a newer Purr (schema \(version), this one knows \(steps.count)). Update Purr; nothing was changed."
                    )
                }
                for (index, step) in steps.enumerated().dropFirst(version) {
                    try db.execute(sql: spelled(step))
                    try db.execute(
                        sql: "INSERT INTO schema_version (version) VALUES (?1)", arguments: [index + 1])
                }
                return .commit
            }
        }
    }

    /// The schema number this Purr writes.
    static var version: Int { steps.count }

    private static func spelled(_ sql: String) -> String {
        sql.replacing("{id}", with: "INTEGER PRIMARY KEY AUTOINCREMENT")
            .replacing("{int}", with: "INTEGER")
            .replacing("{bytes}", with: "BLOB")
            .replacing("{real}", with: "REAL")
            .replacing("{strict}", with: " STRICT")
    }

    private static let steps = [first, second, automation, replies, web]

    private static let first = """
        CREATE TABLE meta (
            key   TEXT NOT NULL PRIMARY KEY,
            value TEXT NOT NULL
        ){strict};

        CREATE TABLE mailbox (
            id            {id},
            address       TEXT  NOT NULL,
            address_key   TEXT  NOT NULL UNIQUE,
            name          TEXT  NOT NULL DEFAULT '',
            settings      TEXT  NOT NULL,             -- JSON: servers, user, private CA, limits
            credential    {bytes} NOT NULL,           -- sealed; the key is not in here
            state         TEXT  NOT NULL DEFAULT 'on',-- on, paused
            reason        TEXT  NOT NULL DEFAULT '',  -- why paused, for a person
            files_sent    TEXT  NOT NULL DEFAULT '',  -- '', yes, no: does the server file sent mail by itself
            failing_since {int} NOT NULL DEFAULT 0,   -- ms
            failure       TEXT  NOT NULL DEFAULT '',
            proven_at     {int} NOT NULL DEFAULT 0,   -- ms, the last whole pass over all folders
            free_at       {int} NOT NULL DEFAULT 0,   -- ms, limits allow the next send
            free_why      TEXT  NOT NULL DEFAULT '',
            lease_owner   TEXT  NOT NULL DEFAULT '',
            lease_epoch   {int} NOT NULL DEFAULT 0,
            lease_until   {int} NOT NULL DEFAULT 0,   -- ms
            created_at    {int} NOT NULL
        ){strict};

        CREATE TABLE mailbox_alias (
            address_key TEXT  NOT NULL PRIMARY KEY,
            mailbox_id  {int} NOT NULL REFERENCES mailbox (id) ON DELETE CASCADE
        ){strict};

        CREATE TABLE folder (
            mailbox_id   {int} NOT NULL REFERENCES mailbox (id) ON DELETE CASCADE,
            wire         TEXT  NOT NULL,
            role         TEXT  NOT NULL,
            is_listed    {int} NOT NULL,
            is_excluded  {int} NOT NULL DEFAULT 0,    -- by the user's choice only
            uid_validity {int} NOT NULL DEFAULT 0,
            read_through {int} NOT NULL DEFAULT 0,    -- the cursor: every UID up to it is accounted for
            refusal      TEXT  NOT NULL DEFAULT '',
            PRIMARY KEY (mailbox_id, wire)
        ){strict};

        CREATE TABLE contact (
            id            {id},
            email         TEXT  NOT NULL,
            email_key     TEXT  NOT NULL UNIQUE,
            canonical_key TEXT  NOT NULL,
            first_name    TEXT  NOT NULL DEFAULT '',
            last_name     TEXT  NOT NULL DEFAULT '',
            company       TEXT  NOT NULL DEFAULT '',
            time_zone     TEXT  NOT NULL DEFAULT '',
            properties    TEXT  NOT NULL DEFAULT '{}',-- JSON
            created_at    {int} NOT NULL
        ){strict};
        CREATE INDEX contact_canonical ON contact (canonical_key);

        CREATE TABLE contact_address (                -- addresses they answered from
            address_key TEXT  NOT NULL,
            contact_id  {int} NOT NULL REFERENCES contact (id) ON DELETE CASCADE,
            PRIMARY KEY (address_key, contact_id)
        ){strict};

        CREATE TABLE suppression (
            address_key TEXT  NOT NULL PRIMARY KEY,
            reason      TEXT  NOT NULL,
            evidence    TEXT  NOT NULL DEFAULT '',
            at          {int} NOT NULL
        ){strict};

        CREATE TABLE template (
            name       TEXT  NOT NULL PRIMARY KEY,
            document   TEXT  NOT NULL,                -- JSON
            updated_at {int} NOT NULL
        ){strict};

        CREATE TABLE sequence (
            id         {id},
            name       TEXT  NOT NULL UNIQUE,
            settings   TEXT  NOT NULL,                -- JSON; applies to everybody at once
            version    {int} NOT NULL,
            created_at {int} NOT NULL
        ){strict};

        CREATE TABLE sequence_version (
            sequence_id {int} NOT NULL REFERENCES sequence (id) ON DELETE CASCADE,
            version     {int} NOT NULL,
            document    TEXT  NOT NULL,               -- JSON: steps and their templates
            created_at  {int} NOT NULL,
            PRIMARY KEY (sequence_id, version)
        ){strict};

        CREATE TABLE enrollment (
            id              {id},
            contact_id      {int} NOT NULL REFERENCES contact (id),
            sequence_id     {int} NOT NULL REFERENCES sequence (id),
            version         {int} NOT NULL,
            mailbox_id      {int} NOT NULL REFERENCES mailbox (id),
            sender          TEXT  NOT NULL,
            zone            TEXT  NOT NULL,
            idempotency_key TEXT  NOT NULL DEFAULT '',
            state           TEXT  NOT NULL,
            reason          TEXT  NOT NULL DEFAULT '',-- what it waits for, is held by, ended with
            detail          TEXT  NOT NULL DEFAULT '',-- for a person
            next_step       TEXT  NOT NULL,           -- '' when there is none
            next_at         {int} NOT NULL DEFAULT 0, -- ms
            planned_at      {int} NOT NULL DEFAULT 0, -- ms, before limits and failures moved it
            remaining       {int} NOT NULL DEFAULT 0, -- ms of delay left while paused
            is_first        {int} NOT NULL,           -- nothing sent yet: follow-ups go before it
            is_in_doubt     {int} NOT NULL DEFAULT 0, -- a mail of it has an open outcome
            thread_root     TEXT  NOT NULL,
            created_at      {int} NOT NULL,
            ended_at        {int} NOT NULL DEFAULT 0
        ){strict};
        CREATE INDEX enrollment_due ON enrollment (mailbox_id, is_first, next_at)
            WHERE state = 'active' AND is_in_doubt = 0;
        CREATE INDEX enrollment_contact ON enrollment (contact_id);
        CREATE INDEX enrollment_sequence ON enrollment (sequence_id, state);
        CREATE UNIQUE INDEX enrollment_idempotency ON enrollment (idempotency_key, contact_id, sequence_id)
            WHERE idempotency_key <> '';

        CREATE TABLE journal (
            id            {id},
            enrollment_id {int} NOT NULL REFERENCES enrollment (id),
            step_id       TEXT  NOT NULL,
            mailbox_id    {int} NOT NULL REFERENCES mailbox (id),
            state         TEXT  NOT NULL,
            message_id    TEXT  NOT NULL,
            wire_id       TEXT  NOT NULL DEFAULT '',  -- what the server made of it
            in_reply_to   TEXT  NOT NULL DEFAULT '',
            reference_ids TEXT  NOT NULL DEFAULT '',
            subject       TEXT  NOT NULL,
            sender        TEXT  NOT NULL,
            recipient     TEXT  NOT NULL,
            bytes         {bytes} NOT NULL,
            attempts      {int} NOT NULL DEFAULT 0,
            first_at      {int} NOT NULL DEFAULT 0,   -- ms, the first attempt
            sending_at    {int} NOT NULL DEFAULT 0,   -- ms
            sent_at       {int} NOT NULL DEFAULT 0,   -- ms
            unknown_at    {int} NOT NULL DEFAULT 0,   -- ms
            looks         {int} NOT NULL DEFAULT 0,   -- how often evidence was looked for
            reply         TEXT  NOT NULL DEFAULT '',  -- the server's last words
            filing        TEXT  NOT NULL DEFAULT 'none',
            UNIQUE (enrollment_id, step_id)
        ){strict};
        CREATE INDEX journal_open ON journal (mailbox_id) WHERE state IN ('sending', 'unknown');
        CREATE INDEX journal_unfiled ON journal (mailbox_id, sent_at) WHERE filing = 'due';
        CREATE INDEX journal_sent ON journal (mailbox_id, sent_at) WHERE state = 'sent';

        CREATE TABLE message_id (                     -- every id of ours that a reply may name
            id_key        TEXT  NOT NULL,
            enrollment_id {int} NOT NULL REFERENCES enrollment (id),
            journal_id    {int} NOT NULL,             -- 0 for a thread root
            kind          TEXT  NOT NULL,             -- sent, wire, root
            PRIMARY KEY (id_key, enrollment_id, journal_id)
        ){strict};

        CREATE TABLE inbound (                        -- messages that concern us
            id            {id},
            mailbox_id    {int} NOT NULL REFERENCES mailbox (id) ON DELETE CASCADE,
            message_key   TEXT  NOT NULL,             -- what makes it the same message in another folder
            state         TEXT  NOT NULL,             -- pending (the body is still to be read), judged, gone
            folder        TEXT  NOT NULL,
            uid_validity  {int} NOT NULL,
            uid           {int} NOT NULL,
            header        {bytes} NOT NULL,
            sender        TEXT  NOT NULL,
            subject       TEXT  NOT NULL,
            message_id    TEXT  NOT NULL,
            received_at   {int} NOT NULL,             -- ms
            kind          TEXT  NOT NULL DEFAULT '',
            rule          TEXT  NOT NULL DEFAULT '',
            excerpt       TEXT  NOT NULL DEFAULT '',
            UNIQUE (mailbox_id, message_key)
        ){strict};
        CREATE INDEX inbound_pending ON inbound (mailbox_id, folder) WHERE state = 'pending';
        CREATE INDEX inbound_sender ON inbound (sender, received_at);

        CREATE TABLE manual_send (                    -- mail the user sent by hand counts (S8.1)
            mailbox_id  {int} NOT NULL REFERENCES mailbox (id) ON DELETE CASCADE,
            message_key TEXT  NOT NULL,
            at          {int} NOT NULL,               -- ms
            PRIMARY KEY (mailbox_id, message_key)
        ){strict};

        CREATE TABLE event (
            id            {id},
            at            {int} NOT NULL,             -- ms
            kind          TEXT  NOT NULL,
            mailbox_id    {int} NOT NULL DEFAULT 0,
            enrollment_id {int} NOT NULL DEFAULT 0,
            text          TEXT  NOT NULL,             -- one sentence for a person
            evidence      TEXT  NOT NULL DEFAULT '{}' -- JSON: which message, which header, which rule
        ){strict};
        CREATE INDEX event_enrollment ON event (enrollment_id, id);
        """

    /// Users, tasks, review, sharing, automation, and what reports count.
    private static let second = """
        CREATE TABLE account (                        -- a user: a person who works with Purr
            id            {id},
            name          TEXT  NOT NULL UNIQUE,
            mailbox_id    {int} NOT NULL DEFAULT 0,   -- where their digest and reminders are sent from and to
            zone          TEXT  NOT NULL DEFAULT '',
            meeting_link  TEXT  NOT NULL DEFAULT '',
            digest_minute {int} NOT NULL DEFAULT 420, -- of the day, -1 for no digest
            digest_at     {int} NOT NULL DEFAULT 0,   -- ms, the next one; 0 when none is planned yet
            created_at    {int} NOT NULL
        ){strict};
        ALTER TABLE mailbox ADD COLUMN owner_id {int} NOT NULL DEFAULT 0;
        INSERT INTO account (name, mailbox_id, created_at)
        SELECT address, id, created_at FROM mailbox WHERE state <> 'removed';
        UPDATE mailbox SET owner_id = coalesce((SELECT a.id FROM account a WHERE a.mailbox_id = mailbox.id), 0);

        ALTER TABLE contact ADD COLUMN deleted_at {int} NOT NULL DEFAULT 0;

        ALTER TABLE sequence ADD COLUMN owner_id {int} NOT NULL DEFAULT 0;
        ALTER TABLE sequence ADD COLUMN folder TEXT NOT NULL DEFAULT '';
        ALTER TABLE sequence ADD COLUMN visibility TEXT NOT NULL DEFAULT 'private'; -- private, everyone, chosen
        ALTER TABLE sequence ADD COLUMN deleted_at {int} NOT NULL DEFAULT 0;
        ALTER TABLE sequence ADD COLUMN paused_at {int} NOT NULL DEFAULT 0;
        UPDATE sequence SET visibility = 'everyone';
        CREATE TABLE sequence_share (
            sequence_id {int} NOT NULL REFERENCES sequence (id) ON DELETE CASCADE,
            account_id  {int} NOT NULL REFERENCES account (id) ON DELETE CASCADE,
            PRIMARY KEY (sequence_id, account_id)
        ){strict};

        ALTER TABLE enrollment ADD COLUMN owner_id {int} NOT NULL DEFAULT 0;    -- who enrolled them
        ALTER TABLE enrollment ADD COLUMN start_at {int} NOT NULL DEFAULT 0;    -- ms, as asked for
        ALTER TABLE enrollment ADD COLUMN is_task {int} NOT NULL DEFAULT 0;     -- the next step is work for a human
        ALTER TABLE enrollment ADD COLUMN awaits_task {int} NOT NULL DEFAULT 0; -- the task that holds it, 0 for none
        ALTER TABLE enrollment ADD COLUMN is_bulk {int} NOT NULL DEFAULT 0;     -- goes at the slower pace
        ALTER TABLE enrollment ADD COLUMN review_left {int} NOT NULL DEFAULT 0; -- mails still to be approved
        ALTER TABLE enrollment ADD COLUMN approved_step TEXT NOT NULL DEFAULT '';
        ALTER TABLE enrollment ADD COLUMN may_be_recent {int} NOT NULL DEFAULT 0; -- a recent exchange was waved through
        UPDATE enrollment SET start_at = created_at;
        DROP INDEX enrollment_due;
        CREATE INDEX enrollment_due ON enrollment (mailbox_id, is_first, next_at)
            WHERE state = 'active' AND is_in_doubt = 0 AND is_task = 0;
        CREATE INDEX enrollment_task_due ON enrollment (mailbox_id, next_at)
            WHERE state = 'active' AND is_in_doubt = 0 AND is_task = 1 AND awaits_task = 0;
        CREATE TABLE enrollment_edit (                -- a mail changed for one person before it leaves
            enrollment_id {int} NOT NULL REFERENCES enrollment (id),
            step_id       TEXT  NOT NULL,
            document      TEXT  NOT NULL,             -- JSON: the template in its place
            PRIMARY KEY (enrollment_id, step_id)
        ){strict};

        ALTER TABLE journal ADD COLUMN is_by_hand {int} NOT NULL DEFAULT 0;

        CREATE TABLE task (
            id            {id},
            enrollment_id {int} NOT NULL REFERENCES enrollment (id),
            step_id       TEXT  NOT NULL,
            mailbox_id    {int} NOT NULL REFERENCES mailbox (id),
            contact_id    {int} NOT NULL REFERENCES contact (id),
            owner_id      {int} NOT NULL,
            kind          TEXT  NOT NULL,
            title         TEXT  NOT NULL,
            notes         TEXT  NOT NULL DEFAULT '',
            priority      TEXT  NOT NULL,
            queue         TEXT  NOT NULL DEFAULT '',
            link          TEXT  NOT NULL DEFAULT '',  -- the contact's page, for InMail and connection requests
            state         TEXT  NOT NULL DEFAULT 'open',
            created_at    {int} NOT NULL,             -- ms
            due_at        {int} NOT NULL,             -- ms
            done_at       {int} NOT NULL DEFAULT 0,   -- ms, done or skipped
            UNIQUE (enrollment_id, step_id)
        ){strict};
        CREATE INDEX task_open ON task (owner_id, due_at) WHERE state IN ('open', 'started');
        CREATE INDEX task_contact ON task (contact_id);

        CREATE TABLE notice (                         -- mail of Purr to its own users
            id         {id},
            mailbox_id {int} NOT NULL REFERENCES mailbox (id),
            key        TEXT  NOT NULL UNIQUE,         -- what makes it the same notice
            kind       TEXT  NOT NULL,                -- digest, reminder, test, alarm
            task_id    {int} NOT NULL DEFAULT 0,
            recipient  TEXT  NOT NULL,
            subject    TEXT  NOT NULL,
            bytes      {bytes} NOT NULL,
            state      TEXT  NOT NULL DEFAULT 'prepared', -- sending, sent, unknown, failed, dropped
            due_at     {int} NOT NULL,                -- ms
            attempts   {int} NOT NULL DEFAULT 0,
            reply      TEXT  NOT NULL DEFAULT '',
            sent_at    {int} NOT NULL DEFAULT 0
        ){strict};
        CREATE INDEX notice_due ON notice (mailbox_id, due_at) WHERE state = 'prepared';

        CREATE TABLE snippet (
            name       TEXT  NOT NULL PRIMARY KEY,
            body       TEXT  NOT NULL,
            updated_at {int} NOT NULL
        ){strict};

        CREATE TABLE holiday (
            calendar TEXT  NOT NULL,
            day      TEXT  NOT NULL,                  -- ISO 8601
            name     TEXT  NOT NULL DEFAULT '',
            PRIMARY KEY (calendar, day)
        ){strict};

        CREATE TABLE workflow (
            id          {id},
            sequence_id {int} NOT NULL REFERENCES sequence (id) ON DELETE CASCADE,
            name        TEXT  NOT NULL,
            state       TEXT  NOT NULL DEFAULT 'draft', -- draft, on, off
            document    TEXT  NOT NULL,               -- JSON: trigger and action
            created_at  {int} NOT NULL,
            UNIQUE (sequence_id, name)
        ){strict};

        CREATE TABLE signal (                         -- forms, page views and meetings, as they came in
            id         {id},
            key        TEXT  NOT NULL UNIQUE,         -- what makes it the same signal
            at         {int} NOT NULL,                -- ms
            kind       TEXT  NOT NULL,                -- form, page, meeting
            contact_id {int} NOT NULL DEFAULT 0,
            document   TEXT  NOT NULL                 -- JSON
        ){strict};
        CREATE INDEX signal_contact ON signal (contact_id, at);

        CREATE TABLE fact (                           -- what reports count, once for each step
            enrollment_id {int} NOT NULL REFERENCES enrollment (id),
            step_id       TEXT  NOT NULL,             -- '' when no step can be named
            kind          TEXT  NOT NULL,             -- opened, clicked, replied, meetingBooked, bounced, unsubscribed
            at            {int} NOT NULL,             -- ms, the first time
            last_at       {int} NOT NULL,             -- ms
            PRIMARY KEY (enrollment_id, step_id, kind)
        ){strict};

        CREATE TABLE correspondent (                  -- with whom the mailbox exchanges mail, apart from sequences
            mailbox_id  {int} NOT NULL REFERENCES mailbox (id) ON DELETE CASCADE,
            address_key TEXT  NOT NULL,
            wrote_at    {int} NOT NULL DEFAULT 0,     -- ms, their last mail
            written_at  {int} NOT NULL DEFAULT 0,     -- ms, the user's last mail to them
            PRIMARY KEY (mailbox_id, address_key)
        ){strict};
        """
}

extension Transaction {
    /// Marks the file as written by a newer Purr, for the test that such a file is refused.
    package func setNewerSchema() throws {
        try execute("INSERT INTO schema_version (version) VALUES (?1)", Schema.version + 1)
    }
}
