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

    @Test("counts each moment once, though three levels of evidence hold it")
    func counts() {
        var evidence = SendTime.Evidence(contact: reader(at: 15), company: Attention(.company))
        let own = evidence.contact.moments
        for day in 0..<(own + 2) { evidence.company.record(.reply, at: wall(day, 15)) }
        for day in 0..<(own + 7) { evidence.mailbox.record(.wrote, at: wall(day, 15)) }
        let choice = SendTime.choose(
            evidence: evidence, window: (540, 1_020), weekday: 1, previous: 600, seed: 1)
        let svg = SlotPicture.svg(
            title: "", evidence: evidence, moments: [], window: (540, 1_020), weekday: 1, choice: choice)
        #expect(
            svg.contains(
                "\(own) moments of the contact, 2 of others at the company, 5 of others who write to the mailbox"
            ))
    }

    @Test("keeps the time of a late choice within the picture, and the model apart from the dots")
    func late() {
        let choice = SendTime.Choice(minute: 1_439, score: 1, reason: .best)
        let svg = SlotPicture.svg(
            title: "", evidence: SendTime.Evidence(contact: reader(at: 23)),
            moments: [
                (.open, wall(1, 15)), (.reply, wall(3, 9)), (.wrote, wall(4, 9)), (.click, wall(5, 9)),
            ],
            window: (0, 1_439), weekday: 1, choice: choice)
        #expect(svg.contains(#"text-anchor="end" fill="crimson">23:59</text>"#))
        #expect(!svg.contains("blue: attention"))
    }
}

extension String {
    fileprivate func components(of part: String) -> [Range<String.Index>] { ranges(of: part) }
}
