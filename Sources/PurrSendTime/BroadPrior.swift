/// What is known of anybody: people sleep at night.
///
/// Flat from eight to nine at night, half of that in the small hours. Between those it says nothing,
/// so that it never decides inside office hours.
enum BroadPrior {
    /// Attention by the half-hour, 1 on average.
    static let day: HalfHours = {
        let night: Float = 0.5
        let shape = HalfHours { half in
            let hour = (Float(half) + 0.5) / 2
            return switch hour {
            case ..<5: night
            case ..<8: night + (1 - night) * (hour - 5) / 3
            case ..<21: 1
            default: 1 - (1 - night) * (hour - 21) / 3
            }
        }
        let mean = shape.sum / Float(HalfHours.count)
        return shape.map { $0 / mean }
    }()
}
