"""Sessions, their tables, writing down what residents say, and the photos behind it."""

from django.urls import path

from intake import views_board, views_capture, views_photos

urlpatterns = [
    path("app/sessions/", views_board.sessions, name="sessions"),
    path("app/sessions/<uuid:uuid>/board/", views_board.board, name="board"),
    path("app/tables/<int:pk>/take/", views_board.take, name="take_table"),
    path("app/tables/<int:pk>/release/", views_board.release, name="release_table"),
    path("app/capture/", views_capture.capture, name="capture"),
    path("app/capture/<int:pk>/", views_capture.at_table, name="capture_table"),
    path("app/capture/counter/<str:code>/", views_capture.at_counter, name="capture_counter"),
    path("app/capture/similar/<str:code>/", views_capture.similar_tickets, name="capture_similar"),
    path("app/capture/allegation/", views_capture.allegation, name="allegation"),
    path("app/capture/saved/<uuid:uuid>/", views_capture.saved, name="captured"),
    path("app/capture/saved/<uuid:uuid>/correct/", views_capture.correct, name="correct_capture"),
    path("app/photos/<uuid:uuid>/", views_photos.photo, name="photo"),
]
