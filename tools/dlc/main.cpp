// Placeholder.
int main() {}
