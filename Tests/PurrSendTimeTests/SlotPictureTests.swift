import Testing

@testable import PurrSendTime

@Suite("The picture of a choice")
struct SlotPictureTests {
    @Test("shows the week, the evidence, the window and the minute, and escapes the title")
    func draws() {
        let evidence = SendTime.Evidence(contact: reader(at: 15))
        let choice = SendTime.choose(
            evidence: evidence, window: (540, 1_020), weekday: 1, previous: 600, seed: 1)
        let svg = SlotPicture.svg(
            title: "<Ola & Kari>\u{1}", evidence: evidence,
            moments: [
                (.open, wall(1, 15)), (.wrote, wall(2, 10)), (.reply, wall(-3, 1)),
                (.click, wall(5, 23, 59)),
            ],
            window: (540, 1_020), weekday: 1, choice: choice)
        #expect(svg.contains("&lt;Ola &amp; Kari&gt;</text>"))
        #expect(svg.components(of: "<circle").count == 4 + MomentKind.allCases.count)
        #expect(["Mon", "Sun"].allSatisfy(svg.contains))
        #expect(!svg.contains("\u{1}"))
    }
}

extension String {
    fileprivate func components(of part: String) -> [Range<String.Index>] { ranges(of: part) }
}
