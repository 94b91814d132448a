package import Foundation
package import PurrSequences

/// A condition on contacts, as in `currentlyInSequence = true and lastReplied > 2026-11-01` (spec S7.2).
///
/// `or` binds less than `and`, `and` less than `not`; brackets group. Words compare without regard to case.
package indirect enum ContactQuery: Hashable, Sendable {
    case test(Test)
    case not(ContactQuery)
    case all([ContactQuery])
    case any([ContactQuery])

    /// One comparison.
    package struct Test: Hashable, Sendable {
        /// As it was typed.
        package let property: String
        package let relation: Relation
        /// Empty for ``Relation/isEmpty``.
        package let value: String
    }

    /// How a property is compared.
    package enum Relation: String, Hashable, Sendable, CaseIterable {
        case equals = "="
        case differs = "!="
        case less = "<"
        case greater = ">"
        case atMost = "<="
        case atLeast = ">="
        case contains
        case isEmpty = "is empty"
    }

    /// What a contact has for a property.
    package enum Value: Hashable, Sendable {
        case text(String)
        case flag(Bool)
        case number(Int)
        /// Nil when it never happened.
        case instant(Date?)
    }

    /// Why an expression cannot be read, in one sentence.
    package struct Malformed: Error, Hashable, Sendable {
        package let text: String
    }

    /// The properties that it names, each once.
    package var properties: [String] {
        var names: [String] = []
        for test in tests where !names.contains(test.property) { names.append(test.property) }
        return names
    }

    /// Every comparison in it.
    package var tests: [Test] {
        switch self {
        case .test(let test): [test]
        case .not(let part): part.tests
        case .all(let parts), .any(let parts): parts.flatMap(\.tests)
        }
    }

    /// Whether the condition holds.
    ///
    /// - Parameters:
    ///   - zone: Whose days are meant where a value is a day.
    ///   - now: What `today` means.
    ///   - value: What the contact has; nil for a property that is not there, which is as good as empty.
    package func holds(in zone: Zone, now: Date, value: (String) -> Value?) -> Bool {
        switch self {
        case .test(let test): test.holds(for: value(test.property), in: zone, now: now)
        case .not(let part): !part.holds(in: zone, now: now, value: value)
        case .all(let parts): parts.allSatisfy { $0.holds(in: zone, now: now, value: value) }
        case .any(let parts): parts.contains { $0.holds(in: zone, now: now, value: value) }
        }
    }
}

extension ContactQuery.Test {
    fileprivate func holds(for value: ContactQuery.Value?, in zone: Zone, now: Date) -> Bool {
        switch relation {
        case .isEmpty: return isEmpty(value)
        case .contains: return words(value).lowercased().contains(self.value.lowercased())
        // The opposite of "=" in every case: also for whoever has no value.
        case .differs: return compared(value, in: zone, now: now) != 0
        case .equals: return compared(value, in: zone, now: now) == 0
        case .less: return compared(value, in: zone, now: now).map { $0 < 0 } ?? false
        case .greater: return compared(value, in: zone, now: now).map { $0 > 0 } ?? false
        case .atMost: return compared(value, in: zone, now: now).map { $0 <= 0 } ?? false
        case .atLeast: return compared(value, in: zone, now: now).map { $0 >= 0 } ?? false
        }
    }

    private func isEmpty(_ value: ContactQuery.Value?) -> Bool {
        switch value {
        case nil, .instant(nil): true
        case .text(let text): text.isEmpty
        case .flag, .number, .instant: false
        }
    }

    private func words(_ value: ContactQuery.Value?) -> String {
        switch value {
        case .text(let text): text
        case .flag(let flag): flag ? "true" : "false"
        case .number(let number): String(number)
        case .instant, nil: ""
        }
    }

    /// Below, at or above 0 as the contact's value is below, at or above the one asked for; nil where there is
    /// nothing to compare.
    private func compared(_ value: ContactQuery.Value?, in zone: Zone, now: Date) -> Int? {
        func order<Item: Comparable>(_ left: Item, _ right: Item) -> Int {
            left < right ? -1 : left > right ? 1 : 0
        }
        switch value {
        case .instant(let instant):
            guard let instant, let moment = Moment(self.value, in: zone, now: now) else { return nil }
            switch moment {
            case .day(let day): return order(zone.wall(of: instant).day, day)
            case .instant(let other): return order(instant, other)
            }
        case .flag(let flag):
            guard let wanted = ContactQuery.flag(self.value) else { return nil }
            return order(flag ? 1 : 0, wanted ? 1 : 0)
        case .number(let number):
            return Double(self.value).map { order(Double(number), $0) }
        case .text(let text):
            if text.isEmpty { return self.value.isEmpty ? 0 : nil }
            if let left = Double(text), let right = Double(self.value) { return order(left, right) }
            return order(text.lowercased(), self.value.lowercased())
        case nil: return self.value.isEmpty ? 0 : nil
        }
    }
}

extension ContactQuery {
    /// `true` and `false` in the words that people use.
    static func flag(_ text: String) -> Bool? {
        switch text.lowercased() {
        case "true", "yes", "1": true
        case "false", "no", "0": false
        default: nil
        }
    }

    /// Complains about a comparison that can never mean anything, such as a day that is none.
    ///
    /// - Parameter kinds: What built-in properties hold, by name.
    package func problem(kinds: [String: Value], in zone: Zone, now: Date) -> Malformed? {
        for test in tests where test.relation != .isEmpty {
            func malformed(_ should: String) -> Malformed {
                Malformed(
                    text:
                        "\(test.property) is compared with \"\(test.value)\", which should be \(should).")
            }
            switch kinds[test.property] {
            case .instant where test.relation == .contains:
                return Malformed(
                    text: "\(test.property) is a time, which contains nothing; compare it with < or >.")
            case .instant where Moment(test.value, in: zone, now: now) == nil:
                return malformed("a day such as 2026-11-01, or today")
            case .flag where Self.flag(test.value) == nil: return malformed("true or false")
            case .number where Double(test.value) == nil: return malformed("a number")
            default: continue
            }
        }
        return nil
    }
}

/// A day, or an instant, as a condition names it.
private enum Moment {
    case day(LocalDay)
    case instant(Date)

    init?(_ text: String, in zone: Zone, now: Date) {
        let today = zone.wall(of: now).day
        switch text.lowercased() {
        case "today": self = .day(today)
        case "yesterday": self = .day(today.adding(days: -1))
        default:
            if let day = LocalDay(text) {
                self = .day(day)
            } else if let instant = try? Date(text, strategy: .iso8601) {
                self = .instant(instant)
            } else {
                return nil
            }
        }
    }
}
