import Foundation
import PurrMail
import PurrReplies

/// Any text is read for a day of return, which is never before the day of the mail; and for a date.
@_cdecl("LLVMFuzzerTestOneInput")
public func fuzzDate(_ start: UnsafePointer<UInt8>, _ count: Int) -> CInt {
    let bytes = Array(UnsafeBufferPointer(start: start, count: count))
    let text = String(decoding: bytes, as: UTF8.self)
    if let day = ReturnDates.returnDate(in: text, receivedAt: Date(timeIntervalSince1970: 1_786_435_200)) {
        precondition(day.description >= "2026-08-11", "Nobody is back before he wrote")
    }
    _ = MessageHeader(Array("Date: ".utf8) + bytes).date
    return 0
}
