extension Schema {
    /// The slower pace that a provider asked for (spec S8.1), kept beyond the process that heard it.
    static let slowdown = """
        ALTER TABLE mailbox ADD COLUMN slow_level {int} NOT NULL DEFAULT 0; -- halvings of the pace, or 0
        ALTER TABLE mailbox ADD COLUMN slow_why TEXT NOT NULL DEFAULT '';   -- what the server said
        ALTER TABLE mailbox ADD COLUMN slow_until {int} NOT NULL DEFAULT 0; -- ms, nothing is tried before
        """
}
