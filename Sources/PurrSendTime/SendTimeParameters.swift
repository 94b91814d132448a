/// Every number of the model.
///
/// What each was tried against is in docs/send-time.md.
enum SendTimeParameters {
    // MARK: Evidence

    /// After how many later sessions a person's evidence counts half: the memory that follows a change of
    /// habits, and the one that makes use of a long history.
    static let recentHalfLife: Float = 5
    static let longHalfLife: Float = 100
    /// The same for what many people did together, in moments.
    static let companyHalfLife: Float = 500
    static let mailboxHalfLife: Float = 2_000

    /// What happens within so many minutes of the moment before is the same session.
    static let sessionGap = 240
    /// What a further moment of one session counts: somebody who reads ten mails in an hour has shown one
    /// time of day, not ten.
    static let sameSession: Float = 0.25

    /// A mail that is this old no longer waits to be opened: three days, in half-hours.
    static let longestRisk = 144
    /// By how much a waiting mail sinks in half an hour: to a half in a day, 2^(-1/48).
    static let sinking: Float = 0.985_663_2

    // MARK: Shrinking

    /// How many sessions a person, or moments a group, must show to count as much as what is above them.
    static let parentSessions: Float = 2.5
    /// How far the minutes at risk are believed.
    static let exposureTrust: Float = 0.85
    /// How long a mail usually waits to be opened, in half-hours of average attention, and how many moments
    /// that knowledge weighs.
    static let typicalWait: Float = 12
    static let typicalMoments: Float = 2

    /// What another day says about a day: one of the same kind (Monday to Friday, or the weekend), and one
    /// of the other kind.
    static let sameKindOfDay: Float = 0.9
    static let otherKindOfDay: Float = 0.7

    // MARK: Score

    /// What attention counts, by half-hours after the slot: all of it for three hours, none after five.
    static let discount: [Float] = [1, 1, 1, 1, 1, 1, 0.875, 0.625, 0.375, 0.125]
    /// How much weight of moments must be known of a person for their curve to be believed as much as it is
    /// smoothed: few moments show which part of the day, many show the half-hour.
    static let detailWeight: Float = 75
    /// Slots within this share of the best are as good as it.
    static let nearTie: Float = 0.005

    // MARK: Choice of memory

    /// What a memory's success counts after one more session.
    static let trackRecordDecay: Float = 0.9
}
