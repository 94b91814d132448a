/// The minute of the day to send at, chosen inside a window.
///
/// Without any history the wall time of the send before is kept, moved to the nearest minute inside the
/// window (spec S2.2, T4).
///
/// - Parameters:
///   - previousMinute: Minute of the local day at which the step before was sent.
///   - window: The first and the last minute of the day that are allowed, `start` not after `end`.
/// - Returns: A minute of the day inside the window.
package func slot(previousMinute: Int, window: (start: Int, end: Int)) -> Int {
    max(window.start, min(previousMinute, window.end))
}
