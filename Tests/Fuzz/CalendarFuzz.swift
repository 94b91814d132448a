import Foundation
import PurrCalendar
import PurrMail

/// Any bytes are read as calendar mail and as a file of holidays.
@_cdecl("LLVMFuzzerTestOneInput")
public func fuzzCalendar(_ start: UnsafePointer<UInt8>, _ count: Int) -> CInt {
    let bytes = Array(UnsafeBufferPointer(start: start, count: count))
    if let found = CalendarMessage.read(bytes), let sender = EmailAddress("kari@customer.test") {
        precondition(found.attendees.count <= 500)
        _ = found.meaning(from: sender)
    }
    return 0
}
