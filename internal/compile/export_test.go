package compile

// CompareShared is for the test of random meshes, which are read by a package above this one.
var CompareShared = compareShared
