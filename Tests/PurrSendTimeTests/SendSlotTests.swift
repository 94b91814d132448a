import Testing

@testable import PurrSendTime

@Suite("The minute to send at")
struct SendSlotTests {
    @Test(
        "is that of the mail before, moved to the nearest minute of the window",
        arguments: [
            (0, 540), (539, 540), (540, 540), (600, 600), (990, 990), (991, 990), (1_439, 990),
            (Int.max, 990),
        ])
    func keepsTheMinute(_ previous: Int, _ expected: Int) {
        #expect(slot(previousMinute: previous, window: (start: 540, end: 990)) == expected)
    }
}
