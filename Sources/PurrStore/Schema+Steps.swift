extension Schema {
    /// The migrations in the order in which they are applied: only ever appended to, a line each.
    static let steps = [
        first,
        second,
        automation,
        replies,
        tokens,
        attention,
        web,
        recovery,
        alarms,
        writtenMail,
        doubt,
        slowdown,
    ]
}
