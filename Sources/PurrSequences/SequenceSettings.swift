/// What holds for every step after the first (spec S2) and for how an enrollment ends (spec S4.2).
///
/// Decoding is tolerant: what a newer version wrote is passed over, what an older one did not write has
/// its default.
package struct SequenceSettings: Hashable, Sendable {
    package var followUpDays = FollowUpDays.weekdays
    /// The days that ``FollowUpDays/businessDays`` leaves out.
    package var holidays: Set<LocalDay> = []
    /// Names of stored holiday calendars, whose days are left out as well.
    package var calendars: [String] = []
    package var sendWindow = SendWindow.standard
    package var sendTime = SendTime.best
    /// How many in a hundred steps keep the wall time of the mail before, although something better is known,
    /// so that the gain can be measured (spec T5).
    package var holdout = 10
    /// Lets mail go without the opt-out line (spec M1.4).
    package var isTransactional = false
    /// Puts the mail replied to below the reply (spec M1.4).
    package var quotesEarlier = false
    /// A reply from one contact unenrolls the others of the same company.
    package var companyReplyStops = false
    /// A meeting with one contact unenrolls the others of the same company.
    package var companyMeetingStops = false
    /// The minute of the day at which each task is mentioned in a mail of its own; nil for never (spec S2.6).
    package var taskReminder: Int?
    /// Eligible days to wait after an automatic answer that says no date of return, 1 to 90 (spec replies R3.c).
    package var awayDays = 5
    /// The label under which sequences are reported together; empty for none (spec S2.7).
    package var campaign = ""
    /// Needs a public URL that has passed its self-test.
    package var tracking = Tracking.off

    package init() {}

    package var eligibleDays: EligibleDays { EligibleDays(mode: followUpDays, holidays: holidays) }
}

extension SequenceSettings {
    /// How the minute inside the window is chosen (spec S2.2).
    package enum SendTime: String, Hashable, Sendable, Codable, CaseIterable {
        /// When the contact is most likely to read it.
        case best
        /// The wall time of the mail before it.
        case sameTime
    }
}

extension SequenceSettings: Codable {
    private enum CodingKeys: String, CodingKey {
        case followUpDays, holidays, sendWindow, sendTime, holdout, isTransactional, quotesEarlier
        case companyReplyStops, companyMeetingStops, calendars, taskReminder, campaign, awayDays, tracking
    }

    package init(from decoder: any Decoder) throws {
        let container = try decoder.container(keyedBy: CodingKeys.self)
        func value<Value: Decodable>(_ key: CodingKeys, else standard: Value) throws -> Value {
            try container.decodeIfPresent(Value.self, forKey: key) ?? standard
        }
        followUpDays = try value(.followUpDays, else: followUpDays)
        holidays = try value(.holidays, else: holidays)
        sendWindow = try value(.sendWindow, else: sendWindow)
        sendTime = try value(.sendTime, else: sendTime)
        holdout = try value(.holdout, else: holdout)
        isTransactional = try value(.isTransactional, else: isTransactional)
        quotesEarlier = try value(.quotesEarlier, else: quotesEarlier)
        companyReplyStops = try value(.companyReplyStops, else: companyReplyStops)
        companyMeetingStops = try value(.companyMeetingStops, else: companyMeetingStops)
        calendars = try value(.calendars, else: calendars)
        taskReminder = try container.decodeIfPresent(Int.self, forKey: .taskReminder)
        campaign = try value(.campaign, else: campaign)
        awayDays = min(90, max(1, try value(.awayDays, else: awayDays)))
        tracking = try value(.tracking, else: tracking)
    }

    package func encode(to encoder: any Encoder) throws {
        var container = encoder.container(keyedBy: CodingKeys.self)
        try container.encode(followUpDays, forKey: .followUpDays)
        // Sorted, so that equal settings have equal bytes.
        try container.encode(holidays.sorted(), forKey: .holidays)
        try container.encode(sendWindow, forKey: .sendWindow)
        try container.encode(sendTime, forKey: .sendTime)
        try container.encode(holdout, forKey: .holdout)
        try container.encode(isTransactional, forKey: .isTransactional)
        try container.encode(quotesEarlier, forKey: .quotesEarlier)
        try container.encode(companyReplyStops, forKey: .companyReplyStops)
        try container.encode(companyMeetingStops, forKey: .companyMeetingStops)
        try container.encode(calendars, forKey: .calendars)
        try container.encodeIfPresent(taskReminder, forKey: .taskReminder)
        try container.encode(campaign, forKey: .campaign)
        try container.encode(awayDays, forKey: .awayDays)
        try container.encode(tracking, forKey: .tracking)
    }
}
