/// What a sequence wants to know about how its mail is read; nothing, unless it is asked for.
package enum Tracking: String, Hashable, Sendable, Codable, CaseIterable {
    case off, opens, clicks, both

    /// Whether mails carry an invisible picture.
    package var countsOpens: Bool { self == .opens || self == .both }
    /// Whether links are led past the web front.
    package var countsClicks: Bool { self == .clicks || self == .both }
}
