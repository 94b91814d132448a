import Foundation
import PurrMail
import PurrReplies
import Testing

@Suite("The day of return")
struct ReturnDateTests {
    struct Example: CustomTestStringConvertible, Sendable {
        var testDescription: String { text }
        var text: String
        /// `2026-08-24`, or nil.
        var expected: String?

        init(_ text: String, _ expected: String?) {
            self.text = text
            self.expected = expected
        }
    }

    /// Tuesday, 11 August 2026, 08:00 UTC.
    static let received = Date(timeIntervalSince1970: 1_786_435_200)

    @Test(
        "is read where months are written as neighbours do",
        arguments: [
            Example("Jeg er tilbage tirsdag d. 25. august.", "2026-08-25"),
            Example("Jeg er tilbage onsdag d. 3. marts.", "2027-03-03"),
            Example("Я в отпуске до 20 августа.", "2026-08-20"),
            Example("Jsem mimo kancelář do 20. srpna.", "2026-08-20"),
            Example("20 Ağustos tarihine kadar izindeyim.", "2026-08-20"),
            Example("8월 20일까지 휴가입니다.", "2026-08-21"),
            Example("We are closed and open again on Monday, August 17th.", "2026-08-17"),
        ])
    func neighbours(example: Example) {
        #expect(
            ReturnDates.returnDate(in: example.text, receivedAt: Self.received)?.description
                == example.expected)
    }

    @Test(
        "is read from English",
        arguments: [
            Example("I will be back on Monday, 24 August 2026.", "2026-08-24"),
            Example("I am out of office until August 24th.", "2026-08-24"),
            Example("Out through Aug 21, 2026, inclusive.", "2026-08-22"),
            Example("I am away from 10 August to 21 August.", "2026-08-22"),
            Example("I'm away 10-21 August and return on the 24th of August.", "2026-08-24"),
            Example("Returning 08/24/2026", "2026-08-24"),
            Example("Returning 24/08/2026", "2026-08-24"),
            Example("I return on 2026-08-24.", "2026-08-24"),
            Example("I'll be back tomorrow.", "2026-08-12"),
            Example("I will be back on Monday.", "2026-08-17"),
            Example("Back next week.", "2026-08-17"),
            Example("I am back in two weeks.", "2026-08-25"),
            Example("I am on parental leave until 1 March.", "2027-03-01"),
            Example("Sent on 10 August 2026. I will return on 17 August 2026.", "2026-08-17"),
            Example("I was away until 3 August 2026.", nil),
            Example("I am out of office. Call +47 22 33 44 55 or 08.30-16.00.", nil),
            Example("I have limited access to email.", nil),
            Example("Back on 31 February.", nil),
        ])
    func english(_ example: Example) { check(example) }

    @Test(
        "is read from Norwegian, Swedish and Danish",
        arguments: [
            Example("Jeg er på ferie og er tilbake mandag 24. august.", "2026-08-24"),
            Example("Jeg er på ferie til og med 21. august.", "2026-08-22"),
            Example("Ferie t.o.m. 21.08.", "2026-08-22"),
            Example("Tilbake 24.08.2026", "2026-08-24"),
            Example("Jeg er tilbake på kontoret om to uker.", "2026-08-25"),
            Example("Tilbake neste uke.", "2026-08-17"),
            Example("Jag är på semester till och med den 21 augusti.", "2026-08-22"),
            Example("Jag är åter på kontoret måndagen den 24 augusti.", "2026-08-24"),
            Example("Jeg holder ferie og er tilbage d. 24. august.", "2026-08-24"),
        ])
    func scandinavian(_ example: Example) { check(example) }

    @Test(
        "is read from German",
        arguments: [
            Example("Ich bin bis einschließlich 23.08.2026 nicht im Büro.", "2026-08-24"),
            Example("Ich bin ab dem 24. August wieder erreichbar.", "2026-08-24"),
            Example("Ich bin vom 10.08. bis zum 21.08. im Urlaub.", "2026-08-22"),
            Example("Am Montag, den 24.8., bin ich wieder für Sie da.", "2026-08-24"),
            Example("Ich bin in zwei Wochen zurück.", "2026-08-25"),
            Example("Ab Montag bin ich wieder im Büro.", "2026-08-17"),
        ])
    func german(_ example: Example) { check(example) }

    @Test(
        "is read from other languages",
        arguments: [
            Example("Je serai de retour le 24 août 2026.", "2026-08-24"),
            Example("Estaré de vuelta el 24 de agosto.", "2026-08-24"),
            Example("Estarei de volta no dia 24 de agosto.", "2026-08-24"),
            Example("Rientrerò il 24 agosto.", "2026-08-24"),
            Example("Ik ben 24 augustus weer op kantoor.", "2026-08-24"),
            Example("Wracam 24 sierpnia.", "2026-08-24"),
            Example("Palaan töihin 24.8.2026.", "2026-08-24"),
            Example("8月24日より出社いたします。", "2026-08-24"),
            Example("8月21日まで休暇をいただいております。", "2026-08-22"),
            Example("我将于2026年8月24日返回办公室。", "2026-08-24"),
        ])
    func others(_ example: Example) { check(example) }

    private func check(_ example: Example) {
        let date = ReturnDates.returnDate(in: example.text, receivedAt: Self.received)
        #expect(date?.description == example.expected)
    }

    @Test(
        "is never before the day of the mail, and never two years away", arguments: 0..<400 as Range<UInt64>
    )
    func bounds(seed: UInt64) {
        var random = Seeded(state: seed)
        let words = [
            "back", "until", "on", "24", "08", "2026", "august", ".", "/", "-", "monday", "next", "week",
            "in", "two", "bis",
            "einschließlich", "8月24日", "tomorrow", "99999999999", "th", ",", "of", "1", "31", "feb", "from",
            "to", "月",
        ]
        let text = (0..<30).map { _ in words.randomElement(using: &random) ?? "" }
            .joined(separator: Bool.random(using: &random) ? " " : "")
        guard let date = ReturnDates.returnDate(in: text, receivedAt: Self.received) else { return }
        #expect(date.description >= "2026-08-11" && date.description < "2028-09-01", "\(text)")
    }
}

/// A generator whose seed is all its state: SplitMix64.
struct Seeded: RandomNumberGenerator {
    var state: UInt64
    mutating func next() -> UInt64 {
        state &+= 0x9E37_79B9_7F4A_7C15
        var value = state
        value = (value ^ value >> 30) &* 0xBF58_476D_1CE4_E5B9
        value = (value ^ value >> 27) &* 0x94D0_49BB_1331_11EB
        return value ^ value >> 31
    }
}
