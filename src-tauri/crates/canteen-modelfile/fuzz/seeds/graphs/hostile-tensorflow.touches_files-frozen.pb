

n0Placeholder

n1MatchingFiles"Ú