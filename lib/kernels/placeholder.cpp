// Placeholder.
namespace dlc {}
