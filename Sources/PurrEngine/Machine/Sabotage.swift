#if PLANTED_BUGS
    /// Deliberate faults, one at a time, that the simulator must find: they prove its net.
    ///
    /// Compiled into debug builds alone; a release binary has no trace of them.
    package enum Sabotage: String, CaseIterable, Sendable {
        /// `sending` is written down after the mail has left.
        case stateAfterSend
        /// No proof is asked for at all.
        case gateSkipped
        /// The proof from before the transaction counts after 354 too.
        case secondGateSkipped
        /// A copy of our own mail is judged like anybody's.
        case ownCopyIsReply
        /// The cursor moves in a transaction of its own, before what was found is stored.
        case cursorMovedEarly
        /// A renumbered folder keeps its cursor.
        case uidValidityIgnored
        /// Two workers on one mailbox do not see each other's claims.
        case claimNotUnique
        /// An unknown outcome is taken for a refusal.
        case unknownResent
        /// `sending` found at start is taken for `prepared`.
        case startResends
        /// User folders are not watched.
        case folderForgotten
        /// What became due at night leaves at night.
        case windowIgnored
        /// Windows and days are counted in UTC.
        case zoneIgnored
        /// One header is believed.
        case onlyInReplyTo
        /// Messages whose body was not read yet do not count.
        case pendingIgnored
        /// The hand-over does not look whether the enrollment has ended.
        case factsNotRechecked
        /// An out-of-office is a person.
        case automaticIsHuman
        /// A bounce changes nothing.
        case bounceIgnored
        /// No task holds its sequence.
        case holdIgnored
        /// A task is made an eligible day early.
        case taskMadeEarly
        /// One answer does not speak for the company.
        case companyStopForgotten
        /// A report that names no mail of ours silences whom it names.
        case forgedBounceBelieved
        /// A complaint that names no mail of ours silences whom it names.
        case forgedComplaintBelieved
        /// Who is paused and resumed goes on at once.
        case pauseLosesDelay
        /// Holidays are days like others.
        case holidaysForgotten
        /// Who is under way follows the newest version of the sequence.
        case latestVersionUsed
        /// Nobody looks whether another copy of the database has sent.
        case cloneGuardSkipped

        /// The one under test.
        @TaskLocal package static var active: Sabotage?
    }
#endif
