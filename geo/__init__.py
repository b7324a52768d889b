"""Places, boundaries, cooperation links and vectors, joined; pure pandas, geopandas and shapely."""
