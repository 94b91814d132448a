/// A picture of a choice: the week, the evidence, the model and the minute (SVG 1.1).
package enum SlotPicture {
    private static let width = 960
    private static let left = 56
    private static let row = 84
    private static let top = 82
    private static let days = ["Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun"]

    /// Draws it.
    ///
    /// - Parameters:
    ///   - title: Whose choice it is; shown as it is.
    ///   - evidence: Also what the model is drawn from.
    ///   - moments: What persons did, as dots; may be a part of what the evidence took in.
    ///   - choice: On `weekday`, 0 for Monday, within `window`.
    package static func svg(
        title: String, evidence: SendTime.Evidence, moments: [(kind: MomentKind, at: WallMinute)],
        window: (start: Int, end: Int), weekday: Int, choice: SendTime.Choice
    ) -> String {
        let curves = (0..<7).map { SlotScores.attention(evidence, weekday: $0) }
        var highest: Float = 1
        for curve in curves {
            for half in 0..<HalfHours.count { highest = max(highest, curve.values[half]) }
        }
        let height = top + 7 * row + 56
        var out = """
            <svg xmlns="http://www.w3.org/2000/svg" width="\(width)" height="\(height)" \
            viewBox="0 0 \(width) \(height)" font-family="sans-serif" font-size="12" fill="#333">
            <rect width="100%" height="100%" fill="#fff"/>
            <text x="\(left)" y="26" font-size="16" font-weight="bold">\(escaped(title))</text>
            <text x="\(left)" y="46" fill="#666">\(escaped(caption(weekday, choice)))</text>
            <text x="\(left)" y="63" fill="#666">\(escaped(sources(evidence, choice)))</text>

            """
        for weekday in 0..<7 { out += day(weekday, curves[weekday], highest) }
        out += frame(weekday, window: window, choice)
        for moment in moments { out += dot(moment.kind, moment.at) }
        for hour in stride(from: 0, through: 24, by: 3) {
            out += text(x(hour * 60), top + 7 * row + 18, "\(two(hour)):00", anchor: "middle")
        }
        return out + legend(y: top + 7 * row + 42) + "</svg>\n"
    }

    private static func caption(_ weekday: Int, _ choice: SendTime.Choice) -> String {
        let time = "\(days[weekday]) \(two(choice.minute / 60)):\(two(choice.minute % 60))"
        guard choice.reason == .best else {
            return "\(time): no evidence, so the time of the mail before is kept."
        }
        let hundredths = Int((choice.score * 100).rounded())
        return
            "\(time), \(hundredths / 100).\(two(hundredths % 100)) times the attention of an even choice."
    }

    private static func sources(_ evidence: SendTime.Evidence, _ choice: SendTime.Choice) -> String {
        guard choice.reason == .best else { return "" }
        // The company's evidence holds the contact's, the mailbox's holds both: each is counted once.
        let own = evidence.contact.moments
        let near = max(own, evidence.company.moments)
        return
            "Evidence: \(own) moments of the contact, \(near - own) of others at the company, "
            + "\(max(near, evidence.mailbox.moments) - near) of others who write to the mailbox."
    }

    private static func day(_ weekday: Int, _ curve: HalfHours, _ highest: Float) -> String {
        let base = top + (weekday + 1) * row - 14
        var path = "M\(x(0)) \(base)"
        for half in 0..<HalfHours.count {
            let up = Int((curve.values[half] / highest * Float(row - 26)).rounded())
            path += "V\(base - up)H\(x((half + 1) * 30))"
        }
        return text(left - 10, base, days[weekday], anchor: "end")
            + #"<path d="\#(path)V\#(base)Z" fill="\#(attention)"/>"# + "\n"
            + #"<path d="M\#(x(0)) \#(base)H\#(x(1_440))" stroke="gray"/>"# + "\n"
    }

    private static func frame(_ weekday: Int, window: (start: Int, end: Int), _ choice: SendTime.Choice)
        -> String
    {
        let y = top + weekday * row + 4
        let wide = max(x(window.end) - x(window.start), 1)
        // A label that would leave the picture stands before its line.
        let isLate = choice.minute > 1_440 - 75
        return
            #"<rect x="\#(x(window.start))" y="\#(y)" width="\#(wide)" height="\#(row - 18)" fill="none" "#
            + #"stroke="seagreen" stroke-dasharray="4 3"/>"# + "\n"
            + #"<path d="M\#(x(choice.minute)) \#(y)v\#(row - 18)" stroke="crimson" stroke-width="2"/>"#
            + "\n"
            + text(
                x(choice.minute) + (isLate ? -4 : 4), y + 13,
                "\(two(choice.minute / 60)):\(two(choice.minute % 60))", anchor: isLate ? "end" : "start",
                colour: "crimson")
    }

    private static func dot(_ kind: MomentKind, _ at: WallMinute) -> String {
        let half = at.bin
        // Beneath each other by the mail's minute, so that dots of one half-hour stay apart.
        let base = top + (half / HalfHours.count + 1) * row - 9
        let minute = half % HalfHours.count * 30 + (at.minutes % 30 + 30) % 30
        return
            #"<circle cx="\#(x(minute))" cy="\#(base)" r="3" fill="\#(colour(kind))" fill-opacity=".7"/>"#
            + "\n"
    }

    private static func legend(y: Int) -> String {
        var out = ""
        var place = left
        for kind in MomentKind.allCases {
            out +=
                #"<circle cx="\#(place)" cy="\#(y - 4)" r="3" fill="\#(colour(kind))"/>"#
                + text(place + 8, y, kind.rawValue)
            place += 70
        }
        place += 20
        out +=
            #"<rect x="\#(place)" y="\#(y - 10)" width="14" height="11" fill="\#(attention)"/>"#
            + text(place + 20, y, "attention by the model")
            + #"<rect x="\#(place + 170)" y="\#(y - 10)" width="14" height="11" fill="none" "#
            + #"stroke="seagreen" stroke-dasharray="4 3"/>"# + text(place + 190, y, "the window")
            + #"<path d="M\#(place + 277) \#(y - 10)v11" stroke="crimson" stroke-width="2"/>"#
            + text(place + 285, y, "the choice")
        return out
    }

    /// Of none of the dots' colours.
    private static let attention = "#d5d9de"

    private static func colour(_ kind: MomentKind) -> String {
        switch kind {
        case .open: "#36c"
        case .click: "#83c"
        case .reply: "#c60"
        case .wrote: "#084"
        }
    }

    private static func text(
        _ x: Int, _ y: Int, _ text: String, anchor: String = "start", colour: String = "#333"
    ) -> String {
        #"<text x="\#(x)" y="\#(y)" text-anchor="\#(anchor)" fill="\#(colour)">\#(escaped(text))</text>"#
            + "\n"
    }

    private static func x(_ minute: Int) -> Int { left + minute * (width - left - 24) / 1_440 }

    private static func two(_ number: Int) -> String { "\(number < 10 ? "0" : "")\(number)" }

    /// Text for XML: markup made harmless, and what XML 1.0 does not allow (§2.2) left out.
    private static func escaped(_ text: String) -> String {
        var out = ""
        for scalar in text.unicodeScalars {
            switch scalar {
            case "&": out += "&amp;"
            case "<": out += "&lt;"
            case ">": out += "&gt;"
            case "\"": out += "&quot;"
            case "\u{0}"..."\u{8}", "\u{B}", "\u{C}", "\u{E}"..."\u{1F}", "\u{FFFE}", "\u{FFFF}": break
            default: out.unicodeScalars.append(scalar)
            }
        }
        return out
    }
}
