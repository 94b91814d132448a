import Foundation
import Testing

@testable import PurrSequences

@Suite("A send window")
struct SendWindowTests {
    @Test(
        "is read from two times of a day",
        arguments: [
            ("09:00-16:30", 540, 990), ("9:00 - 16:30", 540, 990), ("00:00-24:00", 0, 1_439),
            ("00:00-00:01", 0, 1),
            ("08:00–18:00", 480, 1_080), ("23:58-23:59", 1_438, 1_439),
        ])
    func reads(_ text: String, _ start: Int, _ end: Int) {
        #expect(SendWindow(text) == SendWindow(start: start, end: end))
        #expect(SendWindow(text)?.start == start)
    }

    @Test(
        "is nothing else",
        arguments: [
            "17:00-09:00", "09:00-09:00", "", "-", "09:00", "09:00-", "-16:30", "09:00-16:30-18:00", "9-16",
            "09:60-16:00",
            "09:00-24:01", "25:00-26:00", "ab:cd-ef:gh", "+9:00-16:30", "09:0-16:30", "٠٩:٠٠-16:30",
            "99999999999999999999:00-16:30", "24:00-24:00",
        ])
    func refuses(_ text: String) {
        #expect(SendWindow(text) == nil)
    }

    @Test(
        "cannot be made wrong", arguments: [(-1, 10), (10, 10), (11, 10), (0, 1_440), (Int.min, Int.max)])
    func cannotBeWrong(_ start: Int, _ end: Int) {
        #expect(SendWindow(start: start, end: end) == nil)
    }

    @Test("writes what it reads, all day long")
    func roundTrips() {
        for start in stride(from: 0, to: 1_439, by: 61) {
            for end in stride(from: start + 1, to: 1_440, by: 31) {
                guard let window = SendWindow(start: start, end: end) else { continue }
                #expect(SendWindow(window.description) == window)
            }
        }
    }

    @Test("holds both of its ends, and moves a minute outside to the nearer one")
    func ends() throws {
        let window = try window("09:00-16:30")
        #expect(window.contains(minute: 540) && window.contains(minute: 990))
        #expect(!window.contains(minute: 539) && !window.contains(minute: 991))
        #expect([0, 600, 1_439].map(window.nearest) == [540, 600, 990])
    }
}
