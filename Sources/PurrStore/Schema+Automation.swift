extension Schema {
    /// What workflows have set off, and pauses of everything of a user's.
    static let automation = """
        CREATE TABLE workflow_run (                   -- what a workflow did, or is to do, about one signal
            id            {id},
            workflow_id   {int} NOT NULL,             -- stays when the workflow is deleted
            signal_id     {int} NOT NULL REFERENCES signal (id),
            contact_id    {int} NOT NULL REFERENCES contact (id),
            mailbox_id    {int} NOT NULL DEFAULT 0,   -- whose worker does it when it is due
            state         TEXT  NOT NULL,             -- waiting, done, refused, canceled
            detail        TEXT  NOT NULL DEFAULT '',  -- for a person
            enrollment_id {int} NOT NULL DEFAULT 0,
            due_at        {int} NOT NULL,             -- ms
            done_at       {int} NOT NULL DEFAULT 0,   -- ms
            UNIQUE (workflow_id, signal_id)
        ){strict};
        CREATE INDEX workflow_run_due ON workflow_run (mailbox_id, due_at) WHERE state = 'waiting';

        ALTER TABLE account ADD COLUMN paused_at {int} NOT NULL DEFAULT 0; -- ms, all that is theirs waits
        """
}
