import CEtpan
import Foundation
import Glibc
import PurrMail

// Values into libetpan's structures and back.
extension EtpanIMAP {
    /// A set with neighbours joined, so that a whole slice fits in a command line.
    static func set(of uids: [UID]) -> UnsafeMutablePointer<mailimap_set>? {
        guard let set = unsafe mailimap_set_new_empty() else { return nil }
        for range in UIDRange.joining(uids) {
            guard unsafe mailimap_set_add_interval(set, range.first.rawValue, range.last.rawValue) == 0
            else {
                unsafe mailimap_set_free(set)
                return nil
            }
        }
        return unsafe set
    }

    /// What to ask for: `(UID INTERNALDATE BODY.PEEK[…]<0.n>)`.
    ///
    /// Never ENVELOPE or BODYSTRUCTURE: libetpan reads them
    /// recursively.
    static func request(_ part: Part) -> UnsafeMutablePointer<mailimap_fetch_type>? {
        guard let type = unsafe mailimap_fetch_type_new_fetch_att_list_empty() else { return nil }
        let section: UnsafeMutablePointer<mailimap_section>?
        switch part {
        case .fields(let names, _): unsafe section = fields(names)
        case .whole: unsafe section = mailimap_section_new(nil)
        }
        guard let section = unsafe section else {
            unsafe mailimap_fetch_type_free(type)
            return nil
        }
        let limit = UInt32(clamping: part.limit)
        let attributes = unsafe [
            mailimap_fetch_att_new_uid(), mailimap_fetch_att_new_internaldate(),
            mailimap_fetch_att_new_body_peek_section_partial(section, 0, limit),
        ]
        for index in unsafe attributes.indices {
            unsafe _ = mailimap_fetch_type_new_fetch_att_list_add(type, attributes[index])
        }
        return unsafe type
    }

    private static func fields(_ names: [String]) -> UnsafeMutablePointer<mailimap_section>? {
        guard let list = unsafe clist_new() else { return nil }
        for name in names {
            guard let copy = unsafe strdup(name) else { continue }
            unsafe _ = clist_insert_after(list, list.pointee.last, copy)
        }
        guard let headers = unsafe mailimap_header_list_new(list) else { return nil }
        return unsafe mailimap_section_new_header_fields(headers)
    }

    /// Copies out what `FETCH` brought.
    static func contents(of list: UnsafeMutablePointer<clist>) -> [Fetched] {
        var all: [Fetched] = []
        var position = unsafe purr_clist_first(list)
        while let cell = unsafe position {
            if let content = unsafe purr_clist_content(cell),
                let fetched = unsafe contents(of: content.assumingMemoryBound(to: mailimap_msg_att.self))
            {
                all.append(fetched)
            }
            unsafe position = purr_clist_next(cell)
        }
        return all
    }

    /// The zone is a number whose last two digits are minutes: `-0330` is −330.
    private static func instant(of date: mailimap_date_time) -> Date? {
        let zone = Int(date.dt_zone)
        return UTCDate.instant(
            year: Int(date.dt_year), month: Int(date.dt_month), day: Int(date.dt_day),
            hour: Int(date.dt_hour),
            minute: Int(date.dt_min), second: Int(date.dt_sec), minutesEast: zone / 100 * 60 + zone % 100)
    }

    private static func contents(of message: UnsafeMutablePointer<mailimap_msg_att>) -> Fetched? {
        var fetched = Fetched(uid: UID(rawValue: 0), receivedAt: nil, bytes: nil)
        var position = unsafe purr_clist_first(message.pointee.att_list)
        while let cell = unsafe position {
            unsafe position = purr_clist_next(cell)
            guard let content = unsafe purr_clist_content(cell) else { continue }
            let item = unsafe content.assumingMemoryBound(to: mailimap_msg_att_item.self)
            guard unsafe Int(item.pointee.att_type) == MAILIMAP_MSG_ATT_ITEM_STATIC,
                let value = unsafe item.pointee.att_data.att_static
            else { continue }
            switch unsafe Int(value.pointee.att_type) {
            case MAILIMAP_MSG_ATT_UID: fetched.uid = UID(rawValue: unsafe value.pointee.att_data.att_uid)
            case MAILIMAP_MSG_ATT_INTERNALDATE:
                guard let date = unsafe value.pointee.att_data.att_internal_date else { continue }
                unsafe fetched.receivedAt = instant(of: date.pointee)
            case MAILIMAP_MSG_ATT_BODY_SECTION:
                guard let section = unsafe value.pointee.att_data.att_body_section,
                    let start = unsafe section.pointee.sec_body_part
                else { continue }
                let raw = unsafe UnsafeRawBufferPointer(start: start, count: section.pointee.sec_length)
                unsafe fetched.bytes = Array(raw)
            default: continue
            }
        }
        return fetched.uid.rawValue == 0 ? nil : fetched
    }
}
